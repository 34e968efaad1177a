// The session ended while a page stood open: a part that turns out to be the sign-in page becomes the whole page.
(() => {
  const login = document.body.dataset.loginUrl;
  if (!login) return;

  document.addEventListener("htmx:beforeSwap", (event) => {
    const address = event.detail.xhr.responseURL;
    if (!address || new URL(address).pathname !== login || location.pathname === login) return;
    event.detail.shouldSwap = false;
    const here = encodeURIComponent(location.pathname + location.search);
    location.assign(`${login}?next=${here}`);
  });
})();
