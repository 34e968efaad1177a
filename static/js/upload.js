// <input type="file" data-most-bytes>: a file that is too large is said so at once, before it is sent.
(() => {
  const noteOf = (input) => {
    let note = input.parentElement.querySelector("[data-upload-note]");
    if (!note) {
      note = document.createElement("p");
      note.className = "limit-note is-over";
      note.dataset.uploadNote = "";
      note.setAttribute("role", "alert");
      input.after(note);
    }
    return note;
  };

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches("input[type='file'][data-most-bytes]")) return;
    const most = Number(input.dataset.mostBytes);
    const tooLarge = [...input.files].some((file) => file.size > most);
    noteOf(input).textContent = tooLarge
      ? `文件超过${most / 1024 / 1024}MB，请降低扫描精度或分成几个文件。`
      : "";
    if (tooLarge) input.value = "";
  });
})();
