/* Choosing several rows: all at once, how many, and what may be done with them. */
import { go } from "./go.js";

/** Keep the count of chosen rows, and lead to a page that is about them: a purchase order, or what a change would do. */
export function prepareChoosing() {
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-choose]");
    if (!form) return;
    if (event.target.matches("[data-all]")) for (const box of boxes(form)) box.checked = event.target.checked;
    count(form);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-order-chosen]");
    if (!button) return;
    if (isEnoughChosen(button.form)) go(aboutChosen(button, button.dataset.orderChosen));
  });
}

/** The address of a page about the chosen rows, with what stands beside the button. */
export function aboutChosen(button, address) {
  const target = new URL(address, window.location.href);
  for (const [name, value] of saidBeside(button)) target.searchParams.append(name, value);
  for (const box of chosen(button.form)) target.searchParams.append("variant", box.value);
  return target;
}

/** Whether a form may be sent: one that is about chosen rows needs at least one, and says so. */
export function isEnoughChosen(form) {
  if (!form.matches("[data-choose]") || chosen(form).length) return true;
  const place = form.querySelector("[data-chosen]");
  place.textContent = `Choose at least one ${form.dataset.choose} first.`;
  place.classList.add("wrong");
  place.tabIndex = -1;
  place.focus();
  return false;
}

/** What stands in the fields that a button is about; what is left empty is taken away. */
function saidBeside(button) {
  const names = button.dataset.with?.split(" ") ?? [];
  return names.map((name) => [name, button.form.elements[name].value.trim() || "none"]);
}

const boxes = (form) => [...form.querySelectorAll("tbody input[type=checkbox]")];
const chosen = (form) => boxes(form).filter((box) => box.checked);

function count(form) {
  const [some, all] = [chosen(form).length, boxes(form).length];
  const place = form.querySelector("[data-chosen]");
  place.textContent = some ? `${some} chosen` : "None chosen";
  place.classList.remove("wrong");
  const whole = form.querySelector("[data-all]");
  whole.checked = some === all;
  whole.indeterminate = some > 0 && some < all;
}
