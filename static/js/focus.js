// After a swap the focus is where it was, or on what the answer asks for: an error summary before everything else.
(() => {
  let left = null;

  const describe = (element) => {
    const row = element.closest("[data-row]");
    return {
      id: element.id,
      name: element.name,
      row: row && row.dataset.row,
      key: element.dataset.key,
    };
  };

  const find = (root, was) => {
    const row = was.row && root.querySelector(`[data-row="${CSS.escape(was.row)}"]`);
    return (
      (was.id && document.getElementById(was.id)) ||
      (row && was.key && row.querySelector(`[data-key="${CSS.escape(was.key)}"]`)) ||
      row ||
      (was.name && root.querySelector(`[name="${CSS.escape(was.name)}"]`))
    );
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    const active = document.activeElement;
    left = active && active !== document.body && event.detail.target.contains(active) ? describe(active) : null;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const root = event.detail.elt.isConnected ? event.detail.elt : document;
    const asked = root.querySelector("[data-focus-here]");
    if (asked) asked.focus();
    else if (left && (document.activeElement === document.body || !document.activeElement)) {
      const again = find(document, left) || root.querySelector("[autofocus]") || root;
      if (again === root && root !== document) root.tabIndex = -1;
      if (again.focus) again.focus({ preventScroll: true });
    }
    left = null;
  });

  // The same for a page that was answered whole, and for an address that names a field of its form (the first of several).
  const named = location.hash.slice(1);
  const asked =
    document.querySelector("main [data-focus-here]") ||
    (named.startsWith("id_") && (document.getElementById(named) || document.getElementById(`${named}_0`)));
  if (asked) asked.focus();
})();
