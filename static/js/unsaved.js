// Leaving a page, or closing the drawer, with text that is saved nowhere asks first. Forms with data-autosave need no guard.
(() => {
  const GUARDED = "form:not([data-autosave], [data-unguarded], [method='dialog'], [method='get'])";
  const dirty = new Set();

  const isOpen = (form) => form.isConnected && form.querySelector("input, textarea, select");
  const pending = (root = document) => [...dirty].filter((form) => isOpen(form) && root.contains(form));

  document.addEventListener("input", (event) => {
    const form = event.target.closest && event.target.closest(GUARDED);
    if (form && (form.method === "post" || form.hasAttribute("hx-post"))) dirty.add(form);
  });
  document.addEventListener("submit", (event) => event.defaultPrevented || dirty.delete(event.target));
  // Before the answer takes effect: it may close the drawer this form stands in.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status < 400) dirty.delete(event.detail.elt);
  });
  // A form that came back refused holds what was typed.
  document.addEventListener("htmx:afterSettle", () => {
    document.querySelectorAll(`.error-summary, .is-invalid`).forEach((mark) => {
      const form = mark.closest(GUARDED);
      if (form) dirty.add(form);
    });
  });

  window.addEventListener("beforeunload", (event) => {
    if (pending().length && !("leaving" in document.body.dataset)) event.preventDefault();
  });

  const drawer = document.getElementById("drawer");
  if (drawer) {
    drawer.addEventListener("hide.bs.offcanvas", (event) => {
      const forms = pending(drawer);
      if (!forms.length) return;
      event.preventDefault();
      const question = new CustomEvent("confirm:ask", {
        detail: {
          question: "填写的内容还没有保存，要放弃吗？",
          label: "放弃",
          cancel: "继续填写",
          proceed: () => {
            forms.forEach((form) => dirty.delete(form));
            bootstrap.Offcanvas.getInstance(drawer).hide();
          },
        },
      });
      // In a turn of its own: the Escape that closes the drawer would go on to close the question.
      setTimeout(() => document.dispatchEvent(question));
    });
  }
})();
