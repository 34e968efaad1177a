// Keys for people who work through a list all day: / and Ctrl+K search, j and k walk over [data-row], a letter presses
// the selected row's [data-key] (or the page's [data-global-key]), ? explains. Never while somebody types or composes.
(() => {
  const OFF = "shortcuts-off"; // single keys can be switched off (WCAG 2.1.4)
  const TYPING = "input:not([type='checkbox'], [type='radio'], [type='button'], [type='submit']), textarea, select, [contenteditable]";
  const help = document.getElementById("shortcut-help");
  let place = 0; // where the selection stood, for when its row is gone

  const isOff = () => {
    try {
      return localStorage.getItem(OFF) === "1";
    } catch {
      return false;
    }
  };

  const rows = () => [...document.querySelectorAll("main [data-row]")].filter((row) => row.offsetParent !== null);
  const selected = () => document.querySelector("main [data-row].is-selected");

  const select = (row) => {
    const before = selected();
    if (before) before.classList.remove("is-selected");
    if (!row) return;
    row.classList.add("is-selected");
    if (!row.hasAttribute("tabindex")) row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    place = rows().indexOf(row);
  };

  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const now = all.indexOf(selected());
    select(all[now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + step, 0), all.length - 1)]);
  };

  const press = (key) => {
    const wanted = CSS.escape(key);
    const row = selected();
    const target =
      (row && row.querySelector(`[data-key="${wanted}"]:not([disabled])`)) ||
      document.querySelector(`[data-global-key="${wanted}"]:not([disabled])`);
    if (target) target.click();
    return Boolean(target);
  };

  const openRow = () => {
    const row = selected();
    if (!row || document.activeElement !== row) return false;
    const link = row.querySelector("[data-key='Enter'], a[href]");
    if (link) link.click();
    return Boolean(link);
  };

  const search = () => {
    const box = document.getElementById("global-search");
    if (box) {
      box.focus();
      box.select();
    }
    return Boolean(box);
  };

  const explain = () => {
    if (help) help.showModal();
    return Boolean(help);
  };

  const isBusy = () => document.querySelector("dialog[open], .offcanvas.show, .dropdown-menu.show");

  const handle = (event) => {
    switch (event.key) {
      case "/":
        return search();
      case "j":
        return move(1) ?? true;
      case "k":
        return move(-1) ?? true;
      case "?":
        return explain();
      case "Enter":
        return openRow();
      case "Escape":
        return selected() ? (select(null) ?? true) : false;
      default:
        return /^[a-z]$/.test(event.key) && press(event.key);
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      if (search()) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isBusy()) return;
    if (event.target.closest(TYPING)) return;
    if (isOff() && event.key !== "Enter" && event.key !== "Escape") return;
    if (handle(event)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help-open]")) explain();
    const row = event.target.closest("main [data-row]");
    if (row && row !== selected()) {
      const before = selected();
      if (before) before.classList.remove("is-selected");
      row.classList.add("is-selected");
      place = rows().indexOf(row);
    }
  });

  // The row that was done is gone: the selection stands on the one that moved up. While a drawer is still closing over the
  // page it waits: whoever works by keys goes on where the work was left.
  let wasSelected = null;
  const restore = () => {
    if (wasSelected === null || isBusy()) return;
    const all = rows();
    const same = all.find((row) => row.dataset.row === wasSelected);
    if (!selected()) select(same || all[Math.min(place, all.length - 1)]);
    wasSelected = null;
  };
  document.addEventListener("htmx:beforeSwap", () => {
    const row = selected();
    if (row) wasSelected = row.dataset.row;
  });
  document.addEventListener("htmx:afterSettle", restore);
  document.addEventListener("hidden.bs.offcanvas", () => setTimeout(restore));
  document.addEventListener("close", () => setTimeout(restore), true);

  const toggle = document.querySelector("[data-shortcuts-toggle]");
  if (toggle) {
    toggle.checked = !isOff();
    toggle.addEventListener("change", () => {
      try {
        localStorage.setItem(OFF, toggle.checked ? "" : "1");
      } catch {
        // Without storage the keys stay on.
      }
    });
  }
})();
