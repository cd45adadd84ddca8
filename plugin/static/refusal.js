/* What is wrong, beside the field it is wrong with; what belongs to no field, above the form's buttons. */

/** Show a problem document in a form, and put the reader at the first field to mend. */
export function showRefusal(form, problem) {
  const homeless = problem.errors.filter((error) => !beside(form, error));
  if (homeless.length || !problem.errors.length) form.append(refusal(homeless, problem));
  const first = form.querySelector("[aria-invalid=true]") ?? form.querySelector(".refusal");
  first.focus();
}

/** Take the marks of the last attempt away. */
export function clearRefusal(form) {
  for (const mark of form.querySelectorAll(".wrong[id^=wrong-], .refusal")) mark.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => !id.startsWith("wrong-"));
    field.setAttribute("aria-describedby", described.join(" "));
  }
}

function beside(form, error) {
  const [exact, parent] = [error.field, error.field.split(".")[0]];
  const group = form.querySelector(`[data-named="${CSS.escape(parent)}"]`);
  const field = group?.querySelector("input") ?? form.elements[exact] ?? form.elements[parent];
  if (!field?.closest || field.type === "hidden") return false;
  if (field.getAttribute("aria-invalid") === "true") return true;
  // A box that is only ticked where it is asked for comes into sight with its question.
  field.closest("[hidden]")?.removeAttribute("hidden");
  const mark = sentence(field.matches("select") && !field.value ? "Choose one." : error.message);
  mark.id = `wrong-${field.id || parent}`;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${mark.id}`.trim());
  (group ?? field.closest(".field, .check") ?? form).append(mark);
  return true;
}

function sentence(words) {
  const mark = document.createElement("p");
  mark.className = "wrong";
  mark.textContent = words;
  return mark;
}

function refusal(errors, problem) {
  const box = document.createElement("div");
  box.className = "refusal";
  box.tabIndex = -1;
  box.setAttribute("role", "alert");
  box.textContent = errors.length ? errors.map((error) => error.message).join(" ") : problem.detail;
  return box;
}
