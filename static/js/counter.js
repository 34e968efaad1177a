// <textarea data-limit="500">: says how much room is left when it gets short, and by how much the text is too long.
// Nothing is cut off. Letters are counted as the server counts them: 𠮷 is one.
(() => {
  const count = (field) => {
    const limit = Number(field.dataset.limit);
    const length = [...field.value.replace(/\r\n?/g, "\n")].length;
    let note = field.nextElementSibling;
    if (!note || !note.matches(".limit-note")) {
      if (length < limit * 0.8) return;
      note = document.createElement("p");
      note.className = "limit-note";
      note.setAttribute("role", "status");
      field.after(note);
    }
    note.hidden = length < limit * 0.8;
    note.classList.toggle("is-over", length > limit);
    note.textContent = length > limit ? `超出${length - limit}个字（最多${limit}个）` : `还可输入${limit - length}个字`;
  };

  document.addEventListener("input", (event) => event.target.matches("[data-limit]") && count(event.target));
})();
