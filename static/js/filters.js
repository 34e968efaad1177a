// A filter left empty does not stand in the address. A panel of filters that was opened stays open while it is used.
(() => {
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("form[method='get']")) return;
    for (const key of new Set(event.formData.keys())) {
      const kept = event.formData.getAll(key).filter((value) => value !== "");
      event.formData.delete(key);
      kept.forEach((value) => event.formData.append(key, value));
    }
  });

  const fold = () => document.getElementById("filter-fold");
  let wasOpen = false;
  document.addEventListener("htmx:beforeSwap", () => { wasOpen = Boolean(fold()?.open); });
  document.addEventListener("htmx:afterSwap", () => { if (wasOpen && fold()) fold().open = true; });
})();
