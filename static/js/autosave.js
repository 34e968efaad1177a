// <form data-autosave="地址">: what is typed goes to the server after a short pause, when the tab is left and when the page
// goes away, so that a closed browser loses nothing. [data-autosave-status] in the form says when. Nothing is kept here:
// a shared computer must not remember customers.
(() => {
  const PAUSE = 2500;
  const RETRY_FIRST = 5000;
  const RETRY_LONGEST = 60000;
  const states = new WeakMap();

  const stateOf = (form) => {
    if (!states.has(form)) states.set(form, { dirty: false, sending: false, timer: 0, retry: RETRY_FIRST });
    return states.get(form);
  };

  const say = (form, text, state) => {
    const status = form.querySelector("[data-autosave-status]");
    if (!status) return;
    status.textContent = text;
    status.dataset.state = state;
  };

  const clock = () => new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

  const post = (form, options) => {
    const data = new FormData(form);
    const token = data.get("csrfmiddlewaretoken");
    data.delete("form_key"); // the key belongs to the real submission
    return fetch(form.dataset.autosave, {
      method: "POST",
      body: data,
      headers: { "X-CSRFToken": token, "X-Autosave": "1" },
      credentials: "same-origin",
      redirect: "manual",
      ...options,
    });
  };

  const schedule = (form, delay) => {
    const state = stateOf(form);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => save(form), delay);
  };

  const failed = (form, state, text) => {
    state.dirty = true;
    say(form, text, "failed");
    schedule(form, state.retry);
    state.retry = Math.min(state.retry * 2, RETRY_LONGEST);
  };

  const refused = async (form, response) => {
    let answer = {};
    try {
      answer = await response.json();
    } catch {
      // An answer without a sentence of its own.
    }
    say(form, answer.error || "未能自动保存，请检查内容", "failed");
  };

  const save = async (form) => {
    const state = stateOf(form);
    if (!state.dirty || state.sending || !form.isConnected) return;
    state.dirty = false;
    state.sending = true;
    state.abort = new AbortController();
    say(form, "正在保存…", "saving");
    try {
      const response = await post(form, { signal: state.abort.signal });
      if (response.type === "opaqueredirect" || response.status === 401) {
        state.dirty = true;
        say(form, "登录已过期，请在新窗口重新登录后继续", "failed");
      } else if (response.ok) {
        state.retry = RETRY_FIRST;
        say(form, `已自动保存 ${clock()}`, "saved");
      } else if (response.status >= 500) {
        failed(form, state, "未能自动保存，稍后重试");
      } else {
        await refused(form, response);
      }
    } catch (error) {
      if (error.name !== "AbortError") failed(form, state, "网络中断，未能自动保存，稍后重试");
    } finally {
      state.sending = false;
      if (state.dirty && state.retry === RETRY_FIRST) schedule(form, PAUSE);
    }
  };

  const touch = (event) => {
    const form = event.target.closest && event.target.closest("form[data-autosave]");
    if (!form) return;
    stateOf(form).dirty = true;
    schedule(form, PAUSE);
  };
  document.addEventListener("input", touch);
  document.addEventListener("change", touch);

  // The real submission overtakes: an unsent draft must not arrive after it.
  const stop = (form) => {
    const state = stateOf(form);
    clearTimeout(state.timer);
    state.dirty = false;
    if (state.sending) state.abort.abort();
  };
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-autosave]") && !event.defaultPrevented) stop(event.target);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches("form[data-autosave]")) stop(event.detail.elt);
  });

  const leave = () => {
    for (const form of document.querySelectorAll("form[data-autosave]")) {
      const state = stateOf(form);
      if (!state.dirty) continue;
      clearTimeout(state.timer);
      state.dirty = false;
      post(form, { keepalive: true }).then(
        (response) => (response.ok ? say(form, `已自动保存 ${clock()}`, "saved") : failed(form, state, "未能自动保存，稍后重试")),
        () => failed(form, state, "网络中断，未能自动保存，稍后重试"),
      );
    }
  };
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
  window.addEventListener("pagehide", leave);
})();
