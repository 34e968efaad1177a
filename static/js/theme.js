// Light or dark: the reader's choice, else the system's. Loaded before the first paint. Paper is always light.
(() => {
  const KEY = "theme";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  const chosen = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };

  const apply = (theme) => {
    root.dataset.bsTheme = theme;
    for (const label of document.querySelectorAll("[data-theme-label]")) {
      label.textContent = theme === "dark" ? "浅色" : "深色";
    }
    document.dispatchEvent(new CustomEvent("theme:change"));
  };

  const current = () => chosen() || (system.matches ? "dark" : "light");

  apply(current());
  system.addEventListener("change", () => apply(current()));
  window.addEventListener("storage", (event) => event.key === KEY && apply(current()));
  window.addEventListener("beforeprint", () => apply("light"));
  window.addEventListener("afterprint", () => apply(current()));
  document.addEventListener("DOMContentLoaded", () => apply(current()));

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // A browser without storage keeps the choice for this page only.
    }
    apply(next);
  });
})();
