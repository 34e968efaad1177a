// <select data-ts>: a choice one can search in. data-ts-url fetches the answers: {"results": [{"value", "text", "note"}]}.
// The library is fetched when the first such field appears.
(() => {
  const library = document.currentScript.dataset.library;
  let loading = null;

  const load = () => {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = library;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return loading;
  };

  const line = (data, escape) => {
    const note = data.note ? `<small class="muted">${escape(data.note)}</small>` : "";
    return `<div>${escape(data.text)} ${note}</div>`;
  };

  const remote = (url) => async (query, done) => {
    try {
      const address = new URL(url, location.href);
      address.searchParams.set("q", query);
      const response = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      done(response.ok ? (await response.json()).results : []);
    } catch {
      done([]);
    }
  };

  const enhance = (field) => {
    if (field.tomselect) return;
    // The library moves the label to its own input; the select itself must keep a name.
    const label = field.labels[0] || field.closest(".field")?.querySelector("label");
    if (label && !field.hasAttribute("aria-label")) {
      field.setAttribute("aria-label", label.textContent.replace("*", "").trim());
    }
    const url = field.dataset.tsUrl;
    new TomSelect(field, {
      plugins: field.multiple ? ["remove_button"] : field.required ? [] : ["clear_button"],
      searchField: ["text", "note", "search"],
      maxOptions: 200,
      selectOnTab: true,
      ...(url && { load: remote(url), shouldLoad: (query) => query.trim().length > 0, score: () => () => 1 }),
      ...(url && field.dataset.tsPreload !== undefined && { preload: "focus", shouldLoad: () => true }),
      render: {
        option: line,
        item: line,
        no_results: () => '<div class="no-results">没有找到</div>',
        loading: () => '<div class="no-results">正在查找…</div>',
      },
    });
  };

  const start = async (root) => {
    const fields = [...root.querySelectorAll("[data-ts]")];
    if (!fields.length) return;
    await load();
    fields.filter((field) => field.isConnected).forEach(enhance);
  };

  start(document);
  document.addEventListener("htmx:load", (event) => start(event.detail.elt));
})();
