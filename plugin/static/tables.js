/* On a narrow window rows are laid out as cards, which makes browsers forget that they are rows: this says it again. */
const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };

/** Give every table its roles. */
export function tellTables() {
  for (const table of document.querySelectorAll("main table")) {
    for (const part of [table, ...table.querySelectorAll("thead, tbody, tr, td, th")]) {
      part.setAttribute("role", ROLES[part.tagName] ?? (part.scope === "row" ? "rowheader" : "columnheader"));
    }
  }
}
