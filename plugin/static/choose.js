/* Choosing several rows: all at once, how many, and what may be done with them. */

/** Keep the count of chosen rows, and lead to a purchase order of them. */
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
    const query = new URLSearchParams(chosen(button.form).map((box) => ["variant", box.value]));
    const link = document.createElement("a");
    link.href = `${button.dataset.orderChosen}?${query}`;
    button.after(link);
    link.click();
  });
}

const boxes = (form) => [...form.querySelectorAll("tbody input[type=checkbox]")];
const chosen = (form) => boxes(form).filter((box) => box.checked);

function count(form) {
  const [some, all] = [chosen(form).length, boxes(form).length];
  form.querySelector("[data-chosen]").textContent = some ? `${some} chosen` : "None chosen";
  const whole = form.querySelector("[data-all]");
  whole.checked = some === all;
  whole.indeterminate = some > 0 && some < all;
}
