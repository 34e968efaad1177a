// A link with data-drawer or data-dialog shows its page's part over the present one. Without this script it is a plain link.
// The answer may carry an element with data-title, whose text becomes the heading. HX-Trigger overlay:close closes both.
(() => {
  const drawer = document.getElementById("drawer");
  const dialog = document.getElementById("dialog");
  if (!drawer || !dialog) return;
  let opener = null;

  const places = {
    drawer: {
      body: document.getElementById("drawer-body"),
      title: document.getElementById("drawer-title"),
      show: () => bootstrap.Offcanvas.getOrCreateInstance(drawer).show(),
      hide: () => bootstrap.Offcanvas.getOrCreateInstance(drawer).hide(),
    },
    dialog: {
      body: document.getElementById("dialog-body"),
      title: document.getElementById("dialog-title"),
      show: () => dialog.open || dialog.showModal(),
      hide: () => dialog.close(),
    },
  };

  const focusFirst = (body) => {
    const asked = body.querySelector("[data-focus-here]");
    // Who is typing in here already is not sent to another field.
    if (!asked && body.contains(document.activeElement)) return;
    const first =
      asked ||
      body.querySelector("[autofocus]") ||
      body.querySelector("input:not([type='hidden']):not([disabled]), select, textarea, button, a[href]");
    if (first) first.focus();
  };

  const takeTitle = (place) => {
    const title = place.body.querySelector("[data-title]");
    if (title) place.title.textContent = title.dataset.title || title.textContent;
  };

  const open = (link, place) => {
    opener = link;
    const waiting = document.createElement("p");
    waiting.className = "muted";
    waiting.textContent = "正在打开…";
    place.body.replaceChildren(waiting);
    place.title.textContent = link.dataset.title || link.textContent.trim();
    place.show();
    const done = () => waiting.isConnected && place.hide();
    htmx.ajax("GET", link.dataset.url || link.href, { target: place.body, swap: "innerHTML" }).then(done, done);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-drawer], [data-dialog]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link, link.hasAttribute("data-drawer") ? places.drawer : places.dialog);
  });

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-dialog-close]");
    if (close) close.closest("dialog").close();
    // A press on the veil falls on the dialog element itself.
    else if (event.target.matches("dialog[open]:not(#confirm):not(#idle-warning)")) event.target.close();
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const place = Object.values(places).find((one) => one.body === event.detail.target);
    if (!place) return;
    takeTitle(place);
    focusFirst(place.body);
  });

  document.addEventListener("overlay:close", () => {
    if (drawer.classList.contains("show")) places.drawer.hide();
    if (dialog.open) places.dialog.hide();
  });

  const goBack = () => {
    if (opener && !opener.isConnected && opener.id) opener = document.getElementById(opener.id);
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  };
  drawer.addEventListener("hidden.bs.offcanvas", () => {
    places.drawer.body.replaceChildren();
    goBack();
  });
  dialog.addEventListener("close", () => {
    places.dialog.body.replaceChildren();
    goBack();
  });
})();
