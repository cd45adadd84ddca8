/* Sending a form to the API: JSON out, and what is wrong beside the field it is wrong with. */
import { ENDED, again, back, go, say } from "./go.js";
import { bodyOf, changesOf } from "./body.js";
import { aboutChosen, isEnoughChosen } from "./choose.js";
import { clearRefusal, showRefusal } from "./refusal.js";
import { noteSent } from "./unsent.js";

const keys = new WeakMap();

/** Send every form that says where to. */
export function prepareSending() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-send]");
    if (!form) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true" && isEnoughChosen(form)) send(form, event.submitter);
  });
}

async function send(form, button) {
  busy(form, true);
  clearRefusal(form);
  try {
    const body = JSON.stringify("onlyChanges" in form.dataset ? changesOf(form) : bodyOf(form, button));
    const answer = await fetch(form.dataset.to, {
      method: form.dataset.send,
      headers: { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": keyOf(form, body) },
      body,
    });
    const said = await answer.json();
    // An answer is an answer: what is sent next is a new act. Only silence and busyness are tried again under the old key.
    if (answer.status < 500) keys.delete(form);
    // The form is busy until what it did is seen: a second click would do it once more.
    if (answer.ok) await done(form, said, button);
    else if (wouldMove(said) && button?.dataset.else) await lookFirst(form, button);
    else showRefusal(form, answer.status === 401 ? { detail: ENDED, errors: [] } : said);
  } catch (error) {
    console.error(error);
    showRefusal(form, { detail: "The app did not answer. Nothing is lost: try again.", errors: [] });
  } finally {
    busy(form, false);
  }
}

/** Whether nothing was done because somebody's day would move: what it would do is looked at first. */
const wouldMove = ({ errors }) => errors.some(({ field }) => field === "moving_nobody");

async function lookFirst(form, button) {
  noteSent(form, button); // what it asks for stands on the page that shows what it would do
  await go(aboutChosen(button, button.dataset.else), { keep: true });
}

/** The same key while the same thing is tried again, so that it is done once. */
function keyOf(form, body) {
  const known = keys.get(form);
  if (known?.body === body) return known.key;
  const key = crypto.randomUUID();
  keys.set(form, { body, key });
  return key;
}

async function done(form, said, button) {
  say(form.dataset.done ?? "Done.");
  noteSent(form, button);
  const next = form.dataset.then?.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(said[name]));
  if (!next) await again();
  else await ("back" in form.dataset ? back(next) : go(next));
}

function busy(form, on) {
  form.setAttribute("aria-busy", String(on));
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", String(on));
}
