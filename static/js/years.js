// A note about a year is shown once a part of the page brings a date of it (tabs, drawers); the server decides for the
// page as it came.
(() => {
  document.addEventListener("htmx:afterSettle", () => {
    const hidden = document.querySelectorAll(".almanac-note[hidden]");
    if (!hidden.length) return;
    const main = document.getElementById("main");
    const text = main.textContent;
    for (const note of hidden) {
      const { year } = note.dataset;
      note.hidden = !(text.includes(`${year}年`) || text.includes(`${year}-`) || main.querySelector(`time[datetime^="${year}-"]`));
    }
  });
})();
