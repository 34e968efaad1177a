// A button that was pressed is not pressed again while its request is under way. It keeps the focus: it is marked busy
// and not disabled. (The server's form key holds even where this script does not run.)
(() => {
  const GIVE_UP_AFTER = 15000; // a native form may answer with a download, which no event announces
  const BUTTONS = "button:not([type='button']):not([type='reset']), input[type='submit']";

  const buttonsOf = (element) =>
    element.matches("form")
      ? [...element.elements].filter((control) => control.matches(BUTTONS))
      : element.matches("button, a")
        ? [element]
        : [];

  const setBusy = (element, busy) => {
    if (!(element instanceof Element)) return;
    if (busy) element.dataset.busy = "";
    else delete element.dataset.busy;
    for (const button of buttonsOf(element)) {
      if (busy) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    }
  };

  const writes = (form) => form.method === "post" || form.hasAttribute("hx-post");

  const refuseSecond = (event) => {
    const busy = event.type === "submit" ? event.target : event.target.closest("[hx-post][data-busy]:not(form)");
    if (busy && "busy" in busy.dataset) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };
  document.addEventListener("submit", refuseSecond, true);
  document.addEventListener("click", refuseSecond, true);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !writes(form) || form.hasAttribute("hx-post")) return;
    setBusy(form, true);
    setTimeout(() => setBusy(form, false), GIVE_UP_AFTER);
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb !== "get") setBusy(event.detail.elt, true);
  });
  document.addEventListener("htmx:afterRequest", (event) => setBusy(event.detail.elt, false));

  // The key stands for another content already: nothing was saved, and what is typed goes on with a new key.
  document.addEventListener("form:rekey", (event) => {
    const key = event.target.closest("form")?.elements.namedItem("form_key");
    if (key) key.value = event.detail.key;
  });

  // Back from the next page: the browser shows this one as it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("[data-busy]").forEach((element) => setBusy(element, false));
  });
})();
