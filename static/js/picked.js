// <strong data-picked="name">: how many boxes of that name are ticked in its form, said as they are ticked.
(() => {
  const count = (form) => {
    for (const place of form.querySelectorAll("[data-picked]")) {
      place.textContent = form.querySelectorAll(`[name="${CSS.escape(place.dataset.picked)}"]:checked`).length;
    }
  };

  document.addEventListener("change", (event) => event.target.form && count(event.target.form));
})();
