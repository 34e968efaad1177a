// Messages in the corner: those the page came with, and those an htmx answer sends (HX-Trigger: toast). Errors stay until
// closed; an offer to undo stays longer; a message under the pointer or holding the focus does not go away.
(() => {
  const STAYS = 6000;
  const UNDO_STAYS = 12000;
  const MOST = 4;
  const region = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!region) return;

  const expire = (note, after) => {
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => (note.matches(":hover, :focus-within") ? wait() : note.remove()), after);
    };
    wait();
  };

  const settle = (note) => {
    if (note.dataset.toast.startsWith("error")) note.setAttribute("role", "alert");
    else expire(note, note.querySelector("[data-toast-undo]:not([hidden])") ? UNDO_STAYS : STAYS);
    while (region.children.length > MOST) region.firstElementChild.remove();
  };

  const show = ({ text, level = "info", undo_url: undoUrl, undo_label: undoLabel }) => {
    const note = template.content.firstElementChild.cloneNode(true);
    note.dataset.toast = level;
    note.querySelector("[data-toast-text]").textContent = text;
    if (undoUrl) {
      const undo = note.querySelector("[data-toast-undo]");
      undo.hidden = false;
      undo.textContent = undoLabel || "撤销";
      undo.addEventListener("click", () => {
        note.remove();
        htmx.ajax("POST", undoUrl, { swap: "none" });
      });
    }
    region.append(note);
    settle(note);
  };

  region.querySelectorAll("[data-toast]").forEach(settle);
  document.addEventListener("toast", (event) => {
    const detail = event.detail || {};
    show(detail.text ? detail : { text: String(detail.value) });
  });
  region.addEventListener("click", (event) => {
    if (event.target.closest("[data-toast-close]")) event.target.closest("[data-toast]").remove();
  });
})();
