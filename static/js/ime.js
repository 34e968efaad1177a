// While a Chinese input method is composing, half a word is not yet input: nobody is told until the word is chosen.
(() => {
  const LISTENED = "[hx-get], [hx-post], [data-autosave] *, [data-limit], .ts-control input";
  const composing = new WeakSet();

  document.addEventListener("compositionstart", (event) => composing.add(event.target), true);

  document.addEventListener(
    "input",
    (event) => {
      if (event.isComposing && composing.has(event.target) && event.target.matches(LISTENED)) {
        event.stopImmediatePropagation();
      }
    },
    true,
  );

  // An input method's Enter chooses a word; it neither searches nor submits.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.isComposing || event.keyCode === 229) event.stopImmediatePropagation();
    },
    true,
  );

  document.addEventListener(
    "compositionend",
    (event) => {
      composing.delete(event.target);
      if (event.target.matches(LISTENED)) event.target.dispatchEvent(new Event("input", { bubbles: true }));
    },
    true,
  );
})();
