/* The lines of a new purchase order: one more, one less, numbered without gaps. */

/** Let lines be added and removed. */
export function prepareLines() {
  document.addEventListener("click", (event) => {
    const form = event.target.closest("form");
    if (event.target.closest("[data-add-line]")) add(form);
    else if (event.target.closest("[data-remove-line]")) remove(form, event.target.closest("[data-line]"));
  });
}

function add(form) {
  const list = form.querySelector("[data-lines]");
  list.append(form.querySelector("[data-line-template]").content.cloneNode(true));
  number(list);
  list.lastElementChild.querySelector("select").focus();
}

function remove(form, line) {
  const list = form.querySelector("[data-lines]");
  if (list.children.length > 1) line.remove();
  else for (const field of line.querySelectorAll("input, select")) field.value = "";
  number(list);
  list.lastElementChild.querySelector("select").focus();
}

function number(list) {
  [...list.children].forEach((line, at) => {
    line.querySelector("legend").textContent = `Line ${at + 1}`;
    for (const field of line.querySelectorAll("[name]")) {
      const name = field.name.split(".").pop();
      const label = line.querySelector(`label[for="${CSS.escape(field.id)}"]`);
      field.name = `lines.${at}.${name}`;
      field.id = `${name}-${at}`;
      label.htmlFor = field.id;
    }
  });
}
