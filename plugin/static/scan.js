/* Receiving by scanning: each code counts one unit of the line that carries it; the last one can be taken back. */

const counted = new WeakMap(); // form → the fields that were counted up, oldest first

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
  const carrying = [...form.querySelectorAll("[data-codes]")].filter((line) => codesOf(line).includes(code.toLowerCase()));
  field.value = "";
  if (!carrying.length) {
    tell(form, `No line of this purchase order that is still to come has the code ${code}. Nothing was counted.`, true);
    return;
  }
  const line = carrying.find((each) => units(each) < Number(each.dataset.expected)) ?? carrying.at(-1);
  line.value = units(line) + 1;
  counted.set(form, [...(counted.get(form) ?? []), line]);
  const over = units(line) - Number(line.dataset.expected);
  tell(form, `${line.dataset.title}: ${line.value} counted${over > 0 ? `, ${over} more than expected` : ""}.`, over > 0);
  total(form);
}

function takeBack(form) {
  const line = counted.get(form)?.pop();
  if (!line) return;
  line.value = units(line) > 1 ? units(line) - 1 : "";
  tell(form, `${line.dataset.title}: one taken back, ${units(line)} counted.`, false);
  total(form);
  form.querySelector("[data-scan-field]").focus();
}

function total(form) {
  const all = [...form.querySelectorAll("[data-codes]")].reduce((sum, line) => sum + units(line), 0);
  form.querySelector("[data-scan-total]").textContent = all ? `${all} ${all === 1 ? "unit" : "units"}` : "nothing yet";
  form.querySelector("[data-scan-undo]").disabled = !counted.get(form)?.length;
}

function tell(form, sentence, bad) {
  const said = form.querySelector("[data-scan-said]");
  said.textContent = sentence;
  said.classList.toggle("wrong", bad);
}

const codesOf = (line) => line.dataset.codes.toLowerCase().split("\n").filter(Boolean);
const units = (line) => Number.parseInt(line.value, 10) || 0;
