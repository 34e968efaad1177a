// <button type="button" data-print>: the page on paper; print.css leaves the frame away.
document.addEventListener("click", (event) => event.target.closest("[data-print]") && window.print());
