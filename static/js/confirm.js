// data-confirm="问句" on a form, button or link asks first, in a <dialog>. Optional: data-confirm-note, data-confirm-label,
// data-confirm-cancel.
(() => {
  const confirmed = new WeakSet();

  const ask = (element, proceed) => {
    const dialog = document.getElementById("confirm");
    const note = document.getElementById("confirm-note");
    document.getElementById("confirm-question").textContent = element.dataset.confirm;
    note.textContent = element.dataset.confirmNote || "";
    note.hidden = !element.dataset.confirmNote;
    dialog.querySelector("[data-confirm-ok]").textContent = element.dataset.confirmLabel || "确定";
    dialog.querySelector("[value='cancel']").textContent = element.dataset.confirmCancel || "取消";
    dialog.returnValue = "cancel";
    dialog.addEventListener("close", () => dialog.returnValue === "ok" && proceed(), { once: true });
    dialog.showModal();
  };

  const hold = (event, element, again) => {
    if (confirmed.has(element)) {
      confirmed.delete(element);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(element, () => {
      confirmed.add(element);
      again();
    });
  };

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.matches("[data-confirm]")) hold(event, form, () => form.requestSubmit(event.submitter));
    },
    true,
  );

  document.addEventListener(
    "click",
    (event) => {
      const element = event.target.closest("a[data-confirm], button[data-confirm]");
      if (element) hold(event, element, () => element.click());
    },
    true,
  );

  // Other behaviours ask with the same dialog.
  document.addEventListener("confirm:ask", (event) => {
    const { question, note, label, cancel, proceed } = event.detail;
    ask({ dataset: { confirm: question, confirmNote: note, confirmLabel: label, confirmCancel: cancel } }, proceed);
  });
})();
