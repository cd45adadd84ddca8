/* A page that comes again, after one form was sent, keeps what was typed into the others and the place somebody was at. */
import { isMeant } from "./body.js";

const sent = new WeakSet();

/** Note that a button sent its form. What it meant is looked for where the form stands now: the page may have come again since. */
export function noteSent(form, button) {
  for (const field of fieldsOf(document)) {
    if (field.form?.dataset.to === form.dataset.to && (!field.name || isMeant(field, button))) sent.add(field);
  }
}

/** Remember what stands in the fields of a page and was not sent, and where the focus is; gives what puts it back. */
export function remember(page) {
  const fields = fieldsOf(page).filter((field) => isChanged(field) && !sent.has(field));
  const held = page.contains(document.activeElement) ? document.activeElement : null;
  return (fresh) => {
    const places = new Map(fieldsOf(fresh).map((field) => [nameOf(field), field]));
    for (const field of fields) {
      const place = places.get(nameOf(field));
      if (place) putBack(field, place);
    }
    if (held) focusAgain(held, page, fresh);
  };
}

// A browser lets nobody say which file is chosen, and the box for all follows from the others.
const OTHERS = "[type=hidden], [type=file], [data-all]";
const fieldsOf = (page) => [...page.querySelectorAll("input, select, textarea")].filter((field) => !field.matches(OTHERS));
const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

function isChanged(field) {
  if (isTicked(field)) return field.checked !== field.defaultChecked;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  const options = [...field.options];
  return field.selectedOptions[0] !== (options.findLast((option) => option.defaultSelected) ?? options[0]);
}

/** What the same field is called on the page that comes: boxes of a list have no id of their own. */
function nameOf(field) {
  return field.id || JSON.stringify([field.form?.dataset.to, field.name, isTicked(field) && field.value]);
}

function putBack(field, place) {
  if (isTicked(field)) place.checked = field.checked;
  else if (field.tagName !== "SELECT" || [...place.options].some((option) => option.value === field.value)) place.value = field.value;
  if (field.closest("details")?.open) place.closest("details").open = true;
  for (const kind of ["input", "change"]) place.dispatchEvent(new Event(kind, { bubbles: true }));
}

/** The same control, or the heading of what it stood in, or the page: never nowhere. */
function focusAgain(held, page, fresh) {
  for (const place of [sameControl(held, fresh), headingOf(held, page, fresh), fresh]) {
    if (!place) continue;
    if (place.tabIndex < 0) place.tabIndex = -1;
    place.focus({ preventScroll: place === fresh });
    // What is folded away or switched off takes no focus.
    if (document.activeElement === place) break;
  }
  const { selectionStart, selectionEnd, id } = held;
  if (document.activeElement.id === id && selectionStart != null) document.activeElement.setSelectionRange(selectionStart, selectionEnd);
}

function sameControl(held, fresh) {
  if (held.id) return fresh.querySelector(`#${CSS.escape(held.id)}`);
  return [...fresh.querySelectorAll(held.tagName)].find((each) => told(each) === told(held));
}

const told = (control) => [control.form?.dataset.to, control.name, control.value, control.textContent].join("\n");

function headingOf(held, page, fresh) {
  for (let around = held.parentElement; around && around !== page.parentElement; around = around.parentElement) {
    for (const heading of around.querySelectorAll("h1, h2[id], h3[id]")) {
      const same = heading.id ? fresh.querySelector(`#${CSS.escape(heading.id)}`) : fresh.querySelector("h1");
      if (same) return same;
    }
  }
  return null;
}
