// The search box: answers below it, arrow keys lead into them, Esc closes them.
(() => {
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const input = form.querySelector("input[type='search']");
  const results = document.getElementById("search-results");

  const close = () => {
    results.hidden = true;
  };
  const links = () => [...results.querySelectorAll("a[href]")];

  results.addEventListener("htmx:afterSwap", () => {
    results.hidden = !input.value.trim() || !results.childElementCount;
  });
  input.addEventListener("input", () => input.value.trim() || close());
  input.addEventListener("focus", () => {
    if (input.value.trim() && results.childElementCount) results.hidden = false;
  });

  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      input.focus();
      close();
      return;
    }
    if (results.hidden || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const all = links();
    if (!all.length) return;
    event.preventDefault();
    const next = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) input.focus();
    else all[Math.min(next, all.length - 1)].focus();
  });

  document.addEventListener("click", (event) => form.contains(event.target) || close());
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) close();
  });
})();
