/* Pages that are meant for paper. */

/** Let buttons print the page. */
export function preparePrinting() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
}
