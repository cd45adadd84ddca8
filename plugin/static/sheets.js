/* What is looked at before it does anything (a chosen file, other days), and files that we give out. */
import { bodyOf } from "./body.js";
import { isEnoughChosen } from "./choose.js";
import { ENDED, say, show, standAtOutcome } from "./go.js";
import { clearRefusal, showRefusal } from "./refusal.js";

const CHANGED = "The file was changed since you chose it. Choose it again.";
const TOO_LARGE = "The file is larger than 2 MB. Split it into several.";

/** Look at what forms would do, and save the files that buttons ask for. */
export function prepareSheets() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-look]");
    if (!form) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") look(form);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-download]");
    if (button) download(button.dataset.download, button.closest("form[data-choose]"));
  });
}

async function look(form) {
  form.setAttribute("aria-busy", "true");
  try {
    const body = await read(form);
    if (!body) {
      say(CHANGED, { bad: true });
      return;
    }
    const answer = await fetch(form.action, { method: "POST", headers: { Accept: "text/html" }, body });
    if (answer.status === 413) {
      say(TOO_LARGE, { bad: true });
      return;
    }
    if (answer.status === 401) {
      say(ENDED, { bad: true });
      return;
    }
    // What was typed and chosen stays where the app is busy for a moment.
    if (answer.status >= 500) throw new Error(`answered ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const chosen = form.querySelector("input[type=file]");
    // No page may say which file was chosen: the field itself is carried over.
    if (chosen) page.querySelector("form[data-look] input[type=file]")?.replaceWith(chosen);
    show(page);
    standAtOutcome();
  } catch (error) {
    console.error(error);
    say("The app did not answer. Nothing is lost: try again.", { bad: true });
  } finally {
    form.removeAttribute("aria-busy");
  }
}

/** What the form says, with the file's bytes; nothing if the file was saved anew since, which browsers do not read. */
async function read(form) {
  const body = new FormData(form);
  const file = body.get("file");
  if (!file) return body;
  try {
    body.set("file", new Blob([await file.arrayBuffer()]), file.name);
  } catch {
    return null;
  }
  return body;
}

/** Save the file at an address; where rows are chosen beside the button, the file is of those. */
async function download(address, form) {
  if (form && !isEnoughChosen(form)) return;
  if (form) clearRefusal(form);
  try {
    const answer = await fetch(address, form ? ofChosen(form) : { headers: { Accept: "application/json" } });
    if (form && answer.status === 422) {
      showRefusal(form, await answer.json());
      return;
    }
    if (answer.status === 401) {
      say(ENDED, { bad: true });
      return;
    }
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    const file = await answer.json();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.content], { type: "text/csv;charset=utf-8" }));
    link.download = file.name;
    link.target = "_self"; // a link that says where is left to the browser
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    say(`${file.name} is saved.`);
  } catch (error) {
    console.error(error);
    say("The file could not be made. Try again.", { bad: true });
  }
}

/* What is chosen may be more rows than an address has room for. */
const ofChosen = (form) => ({
  method: "POST",
  headers: { "Content-Type": "application/json", Accept: "application/json" },
  body: JSON.stringify({ line_ids: bodyOf(form).line_ids }),
});
