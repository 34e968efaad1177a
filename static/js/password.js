// Show or hide a password: every input with data-password gets a button inside its frame.
document.addEventListener("DOMContentLoaded", () => {
  for (const input of document.querySelectorAll("input[data-password]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-link";
    button.setAttribute("aria-controls", input.id);
    const label = document.querySelector(`label[for="${input.id}"]`);
    const name = label ? label.firstChild.textContent.trim() : "密码";
    const update = () => {
      const isShown = input.type === "text";
      button.textContent = isShown ? "隐藏" : "显示";
      button.setAttribute("aria-pressed", String(isShown));
      button.setAttribute("aria-label", `${isShown ? "隐藏" : "显示"}${name}`);
    };
    button.addEventListener("click", () => {
      input.type = input.type === "password" ? "text" : "password";
      update();
      input.focus();
    });
    // A browser must not remember a password as ordinary text.
    input.form.addEventListener("submit", () => { input.type = "password"; });
    update();
    const box = document.createElement("div");
    box.className = "password-box";
    input.replaceWith(box);
    box.append(input, button);
  }
});
