// Before the session ends for want of work the page says so; any press or key goes on. Typing a long note is work too:
// the server is told now and then. Tabs tell each other.
(() => {
  const minutes = Number(document.body.dataset.idleMinutes);
  const warning = document.getElementById("idle-warning");
  if (!(minutes > 1) || !warning) return;
  // The server notes a request at most once a minute, so its own clock may be that much ahead.
  const LIMIT = (minutes - 1) * 60000;
  const WARN_BEFORE = Math.min(120000, LIMIT / 2);
  const TELL_EVERY = Math.min(180000, LIMIT / 4);
  const left = warning.querySelector("[data-idle-left]");
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
  let seen = Date.now(); // when the server last heard of us

  const note = () => {
    seen = Date.now();
    if (warning.open) warning.close();
  };
  const heard = () => {
    note();
    if (tabs) tabs.postMessage("seen");
  };

  let asking = false;
  const tell = async () => {
    if (asking) return;
    asking = true;
    try {
      // The sign-in page is the cheapest one there is; asking for its headers renews the session like any request.
      await fetch(document.body.dataset.loginUrl, { method: "HEAD", redirect: "manual", credentials: "same-origin" });
      heard();
    } catch {
      // Offline: the clock keeps running, as it does on the server.
    } finally {
      asking = false;
    }
  };

  if (tabs) tabs.addEventListener("message", note);
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && heard());
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => (warning.open || Date.now() - seen > TELL_EVERY) && tell(), true);
  }

  heard();
  setInterval(() => {
    const remaining = LIMIT - (Date.now() - seen);
    if (remaining <= 0) {
      // Nobody is here to answer the question about unsaved text, and the customers must leave the screen.
      document.body.dataset.leaving = "";
      location.reload();
      return;
    }
    if (remaining > WARN_BEFORE) return;
    const seconds = Math.ceil(remaining / 1000);
    left.textContent = seconds > 60 ? `${Math.ceil(seconds / 60)}分钟` : `${seconds}秒`;
    if (!warning.open) warning.showModal();
  }, 1000);
})();
