// A request that failed says so in one sentence, and what was typed stays where it is.
(() => {
  const SENTENCES = {
    400: "请求无法识别，请刷新页面后重试。",
    403: "没有此项权限，或页面已过期，请刷新页面后重试。",
    404: "内容不存在，或已不在您的范围内。",
    409: "内容已有新的改动，请刷新页面后核对。",
    413: "内容太大，无法提交。",
    429: "操作太频繁，请稍后再试。",
  };

  const tell = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "error" } }));

  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    tell(SENTENCES[status] || `系统暂时无法处理（${status}），您填写的内容仍在，请稍后重试。`);
  });
  document.addEventListener("htmx:sendError", () => tell("网络连接中断，您填写的内容仍在，请稍后重试。"));
  document.addEventListener("htmx:timeout", () => tell("系统响应超时，您填写的内容仍在，请稍后重试。"));
})();
