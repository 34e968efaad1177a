// <button data-phrase="…" data-phrase-for="id">: puts a ready sentence at the end of a text field.
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-phrase]");
    const field = button && document.getElementById(button.dataset.phraseFor);
    if (!field) return;
    field.value = [field.value.trim(), button.dataset.phrase].filter(Boolean).join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
})();
