/* The theme's own manners: price, stock and button follow the variant; quantities in the cart save themselves. */
(() => {
  const read = (name) => JSON.parse(document.querySelector(name).textContent);
  const form = document.querySelector("#product-form");

  if (form) {
    const variants = read("[data-variants]");
    const words = read("[data-words]");
    const add = form.querySelector("[data-add]");

    form.addEventListener("change", ({ target }) => {
      if (target.name !== "id") return;
      const variant = variants[target.value];
      document.querySelector("[data-price]").textContent = variant.price;
      document.querySelector("[data-stock]").textContent = variant.stock;
      add.textContent = variant.available ? words.add : words.sold_out;
      add.disabled = !variant.available;
      const address = new URL(window.location);
      address.searchParams.set("variant", target.value);
      window.history.replaceState(null, "", address);
    });
  }

  for (const line of document.querySelectorAll("[data-line]")) {
    line.querySelector("[data-update]").classList.add("hidden");
    line.addEventListener("change", () => line.reportValidity() && line.submit());
  }
})();
