/* Going from page to page inside the frame: the page is fetched with a session token and put in place. */
import { remember } from "./unsent.js";

const KEPT = ["shop", "host", "embedded", "locale"];
/** What is said where the admin gives no good token any more. */
export const ENDED = "Your session has ended, and nothing was changed. What you typed stays here: log in to the admin in another tab, then try again.";
const SPENT = ["id_token", "hmac", "timestamp", "session"];
const frame = new URLSearchParams();
const left = new Map(); // path of a page → its query, how far down somebody was who left it, and what puts back what was typed
let going = 0;
let wanted; // the page that was asked for last: its path and query

/** Keep what the admin needs in every address, and take the spent token out of the first one. */
export function rememberFrame() {
  const here = new URL(window.location.href);
  for (const name of KEPT) if (here.searchParams.has(name)) frame.set(name, here.searchParams.get(name));
  for (const name of SPENT) here.searchParams.delete(name);
  window.history.replaceState(null, "", here);
  wanted = pageOf(here);
}

/** Take links, searches and the back button into our own hands. */
export function follow() {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSearch);
  document.addEventListener("shopify:navigate", (event) => go(event.target.getAttribute("href")));
  window.addEventListener("popstate", onPast);
}

/** Show the page at an address of ours; with ``keep`` what was typed here and not sent is there again for who comes back. */
export async function go(address, { push = true, put = enter, keep = false } = {}) {
  const turn = ++going;
  const target = withFrame(new URL(address, window.location.href));
  wanted = pageOf(target);
  const main = document.getElementById("main");
  main.setAttribute("aria-busy", "true");
  try {
    const page = await read(target);
    if (turn !== going) return;
    if (push) {
      const putBack = keep ? remember(document.getElementById("main")) : undefined;
      left.set(window.location.pathname, { search: window.location.search, scrolled: window.scrollY, putBack });
      window.history.replaceState({ scrolled: window.scrollY }, "");
      window.history.pushState(null, "", target);
    }
    put(page, target);
  } catch (error) {
    console.error(error);
    say(error.said ?? "The page could not be loaded. Check your connection and try again.", { bad: true });
  } finally {
    document.getElementById("main").removeAttribute("aria-busy");
  }
}

/** A page that somebody came from, as they left it: with its search, its filter, its part of a list. */
export function back(address) {
  const target = new URL(address, window.location.href);
  const was = target.pathname === window.location.pathname ? undefined : left.get(target.pathname);
  if (!was) return go(target);
  target.search = was.search;
  return go(target, {
    put: (page) => {
      enter(page, target);
      was.putBack?.(document.getElementById("main"));
      window.scrollTo(0, was.scrolled);
    },
  });
}

/** The current page again, in place. */
export const again = () => go(window.location.href, { push: false, put: renew });

/** Put the current page, which came again, in place: what was typed and not sent stays, and everybody stays where they are. */
export function renew(page) {
  const putBack = remember(document.getElementById("main"));
  show(page);
  putBack(document.getElementById("main"));
}

/** A page as a document of its own. Where it would replace itself unasked, one that says that the app is busy is none; a refusal never is. */
export async function read(target, { unasked = false } = {}) {
  const answer = await fetch(target, { headers: { Accept: "text/html" } });
  if (answer.status === 401) throw Object.assign(new Error("answered 401"), { said: ENDED });
  if (unasked && answer.status >= 500) throw new Error(`answered ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Say a sentence to everybody, also to those who listen. */
export function say(sentence, { bad = false } = {}) {
  const place = document.getElementById("said");
  if (window.shopify?.toast) {
    window.shopify.toast.show(sentence, { isError: bad });
    return;
  }
  place.textContent = sentence;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (place.textContent = ""), 5000);
}

/** Put a page that came in the place of this one. */
export function show(page) {
  const fresh = page.getElementById("main");
  if (!fresh) throw new Error("no page came");
  document.getElementById("main").replaceWith(fresh);
  document.title = page.title;
  const section = page.querySelector("nav [aria-current=page]")?.getAttribute("href");
  for (const link of document.querySelectorAll("s-app-nav a")) {
    if (link.getAttribute("href") === section) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.dispatchEvent(new CustomEvent("page:shown"));
}

/** Where a link leads to: the top of a page, or what its hash names; where something was asked that cannot be, the field to mend. */
function enter(page, { hash }) {
  show(page);
  const place = document.getElementById(hash.slice(1)) ?? (hash && document.querySelector("main [aria-invalid=true]"));
  if (place) {
    place.scrollIntoView({ block: "center" });
    focusOn(place);
  } else {
    window.scrollTo(0, 0);
    focusOn(document.getElementById("main"));
  }
}

/** Where somebody stands who asked what a form would do: at the first field to mend, at the outcome, or at the top. */
export function standAtOutcome() {
  const place = document.querySelector("main [aria-invalid=true], #faults, #changes, #movement");
  place?.scrollIntoView({ block: place.matches("[aria-invalid]") ? "center" : "start" });
  focusOn(place ?? document.getElementById("main"));
}

function focusOn(place) {
  if (place.tabIndex < 0) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

function withFrame(target) {
  for (const [name, value] of frame) target.searchParams.set(name, value);
  return target;
}

function onClick(event) {
  const link = event.target.closest("a[href]");
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !plain || event.defaultPrevented || link.target || link.origin !== window.location.origin) return;
  if (link.hash && pageOf(link) === pageOf(window.location)) return; // the browser finds it here
  event.preventDefault();
  if (link.matches(".back, [data-back]")) back(link.href);
  else go(link.href);
}

/** Browsers tell of a hash of the same page as they tell of another page; only another one is fetched. */
function onPast({ state }) {
  if (pageOf(window.location) === wanted) return;
  go(window.location.href, {
    push: false,
    put: (page, target) => {
      enter(page, target);
      if (state?.scrolled) window.scrollTo(0, state.scrolled); // who comes back is where they were
    },
  });
}

const pageOf = ({ pathname, search }) => pathname + search;

function onSearch(event) {
  const form = event.target.closest("form[data-go]");
  if (!form) return;
  event.preventDefault();
  const target = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (value) target.searchParams.append(name, value);
  go(target);
}
