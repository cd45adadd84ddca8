/* Receiving by scanning: each code counts one unit of the line that carries it; the last one can be taken back. */

// Where a form is sent to → the ids of the fields that were counted up, oldest first: after the page came again, the form is another.
const counted = new Map();

/** Let scanners, which type and press Enter, count into the forms that ask for it. */
export function prepareScanning() {
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.("[data-scan-field]");
    if (!field || event.key !== "Enter") return;
    event.preventDefault();
    if (field.value.trim()) count(field.form, field);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-scan-undo]");
    if (button) takeBack(button.form);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-codes]")) total(event.target.form);
  });
}

function count(form, field) {
  const code = field.value.trim();
  const carrying = [...form.querySelectorAll("[data-codes]")].filter((line) => codesOf(line).includes(plain(code)));
  field.value = "";
  if (!carrying.length) {
    tell(form, `No line of this purchase order that is still to come has the code ${code}. Nothing was counted.`, true);
    return;
  }
  const line = carrying.find((each) => units(each) < Number(each.dataset.expected)) ?? carrying.at(-1);
  counted.set(form.dataset.to, [...stepsOf(form), line.id]);
  line.value = units(line) + 1;
  const over = units(line) - Number(line.dataset.expected);
  tell(form, `${line.dataset.title}: ${line.value} counted${over > 0 ? `, ${over} more than expected` : ""}.`, over > 0);
  total(form);
}

function takeBack(form) {
  const steps = stepsOf(form);
  const line = form.elements[steps.pop()];
  if (!line) return;
  counted.set(form.dataset.to, steps);
  line.value = units(line) > 1 ? units(line) - 1 : "";
  tell(form, `${line.dataset.title}: one taken back, ${units(line)} counted.`, false);
  total(form);
  form.querySelector("[data-scan-field]").focus();
}

function total(form) {
  const all = [...form.querySelectorAll("[data-codes]")].reduce((sum, line) => sum + units(line), 0);
  form.querySelector("[data-scan-total]").textContent = all ? `${all} ${all === 1 ? "unit" : "units"}` : "nothing yet";
  form.querySelector("[data-scan-undo]").disabled = !stepsOf(form).length;
}

function tell(form, sentence, bad) {
  const said = form.querySelector("[data-scan-said]");
  said.textContent = sentence;
  said.classList.toggle("wrong", bad);
}

/** What can be taken back: nothing of what was booked in or emptied since. */
function stepsOf(form) {
  return (counted.get(form.dataset.to) ?? []).filter((id) => form.elements[id] && units(form.elements[id]) > 0);
}

// A scanner reads the number on a package with zeros before it or without: a UPC is an EAN that begins with one.
const plain = (code) => (/^\d{8,14}$/.test(code) ? code.padStart(14, "0") : code.toLowerCase());
const codesOf = (line) => line.dataset.codes.split("\n").filter(Boolean).map(plain);
const units = (line) => Number.parseInt(line.value, 10) || 0;
