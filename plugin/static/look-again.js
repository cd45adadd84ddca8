/* A part of a page that changes by itself is looked at again while somebody sees it. */
import { read, renew } from "./go.js";

const SOONEST = 1000;

/** Look again at every part that asks for it; once it is gone, at the whole page. */
export function prepareLookingAgain() {
  const next = () => setTimeout(look, Math.max(SOONEST, Number(part()?.dataset.lookAgain ?? SOONEST)));
  async function look() {
    if (part() && document.visibilityState === "visible") await refresh(part());
    next();
  }
  next();
}

const part = () => document.querySelector("[data-look-again]");

async function refresh(old) {
  try {
    const page = await read(new URL(window.location.href), { unasked: true });
    const fresh = page.getElementById(old.id);
    if (!old.isConnected) return;
    if (fresh) old.replaceWith(fresh);
    else renew(page);
  } catch (error) {
    console.error(error);
  }
}
