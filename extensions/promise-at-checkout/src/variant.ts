import { dayIn } from "./day.ts";
import { items, named, pieces } from "./json.ts";
import type { Said } from "./said.ts";

/**
 * What a variant's metafield promises to somebody who buys `units` at the instant `now` (milliseconds); null is
 * silence. The rule of the theme block's promise.js, so that checkout says what the product page said.
 */
export function offered(promise: unknown, units: number, now: number): Said | null {
  const offer = named(promise);
  if (!offer || offer["v"] !== 1) return null;
  const until = offer["valid_until"];
  if (typeof until !== "string" || !(now < Date.parse(until))) return null;
  if (offer["state"] === "asap") return { word: "asap" };
  return offer["state"] === "backorder" ? step(offer["steps"], offer["ship_by"], units) : null;
}

/** The step in which the last of the units falls: they ship together. Without steps one day serves any number. */
function step(steps: unknown, shipBy: unknown, units: number): Said | null {
  const known = items(steps).map(named);
  if (!known.length) {
    const day = dayIn(shipBy);
    return day && { word: "by", day };
  }
  let reached = 0;
  for (const one of known) {
    reached += pieces(one?.["units"]);
    const day = dayIn(one?.["ship_by"]);
    if (!day) return null;
    if (units <= reached) return { word: "by", day };
  }
  const last = dayIn(known.at(-1)?.["ship_by"]);
  return last && { word: "at_most", day: last, units: reached };
}
