// Work in the background shows in the tab's title; when it ends while the reader is elsewhere, a message waits.
// (htmx asks how far it is; this script asks nothing.)
(() => {
  const title = document.title;
  let wasRunning = false;

  const look = () => {
    const part = document.querySelector("[data-progress]");
    if (!part) return;
    const bar = part.querySelector("progress");
    const isRunning = part.hasAttribute("hx-get");
    document.title = isRunning ? `${Math.floor((100 * bar.value) / bar.max)}% · ${title}` : title;
    if (wasRunning && !isRunning) {
      const text = `${bar.getAttribute("aria-label")}：已结束`;
      document.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "success" } }));
    }
    wasRunning = isRunning;
  };

  look();
  document.addEventListener("htmx:afterSettle", look);
})();
