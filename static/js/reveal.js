// What was revealed hides again: <span data-reveal data-seconds="30" data-masked="138****5678">…</span>. With data-url the
// part is fetched anew instead (the button to reveal comes back). A page from the history shows nothing in the clear.
(() => {
  const hide = (element) => {
    if (!element.isConnected || !element.hasAttribute("data-reveal")) return;
    element.removeAttribute("data-reveal");
    element.textContent = element.dataset.masked || "••••";
    if (element.dataset.url) htmx.ajax("GET", element.dataset.url, { target: element, swap: "outerHTML" });
  };

  const start = (root) => {
    const found = [...root.querySelectorAll("[data-reveal][data-seconds]")];
    if (root.matches && root.matches("[data-reveal][data-seconds]")) found.push(root);
    for (const element of found) {
      if (element.dataset.started) continue;
      element.dataset.started = "1";
      setTimeout(() => hide(element), Number(element.dataset.seconds) * 1000);
    }
  };

  start(document);
  document.addEventListener("htmx:load", (event) => start(event.detail.elt));
  window.addEventListener("pagehide", () => document.querySelectorAll("[data-reveal]").forEach(hide));
})();
