// A filter left empty does not stand in the address. A panel of filters that was opened stays open while it is used: the
// list is told, and brings the form as it is by then.
(() => {
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("form[method='get']")) return;
    for (const key of new Set(event.formData.keys())) {
      const kept = event.formData.getAll(key).filter((value) => value !== "");
      event.formData.delete(key);
      kept.forEach((value) => event.formData.append(key, value));
    }
  });

  document.addEventListener("htmx:configRequest", (event) => {
    if (document.getElementById("filter-fold")?.open) event.detail.headers["Filters-Open"] = "true";
  });
})();
