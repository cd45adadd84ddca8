/* What only the store knows is asked when the page is there: a button that would be refused is a sentence that says why. */

/** Ask about every form that asks first, now and whenever a page came. */
export function prepareAsking() {
  ask();
  document.addEventListener("page:shown", ask);
}

function ask() {
  const asked = new Map(); // several forms of a page may ask the same
  for (const form of document.querySelectorAll("main form[data-ask]")) {
    const address = form.dataset.to;
    if (!asked.has(address)) asked.set(address, whyNot(address));
    asked.get(address).then((why) => answer(form, why));
  }
}

/** The sentence; none where it may be done, or where that could not be asked: the click asks again. */
async function whyNot(address) {
  try {
    const answered = await fetch(address, { headers: { Accept: "application/json" } });
    return answered.ok ? (await answered.json()).why : null;
  } catch (error) {
    console.error(error);
    return null;
  }
}

function answer(form, why) {
  if (!why) {
    form.hidden = false;
    return;
  }
  const sentence = document.createElement("p");
  sentence.className = "quiet";
  sentence.textContent = why;
  form.replaceWith(sentence);
}
