// Show or hide a password: the input of every .password-box gets a button beside it.
// The input itself is not moved: whoever types before this script runs would lose the focus.
document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".password-box")) {
    const input = box.querySelector("input");
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
    input.after(button);
  }
});
