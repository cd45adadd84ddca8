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
  if (offer["state"] === "asap") return { word: offer["sent_directly"] === true ? "directly" : "asap" };
  const free = pieces(offer["free"]);
  // What is free ships at once; who wants more hears the day of the rest.
  return offer["state"] === "backorder" || (free && units > free) ? step(offer, free, units) : null;
}

type Told = Readonly<Record<string, unknown>> | null;

/** The step in which the last of the units falls: they ship together. Without steps one day serves any number. */
function step(offer: NonNullable<Told>, free: number, units: number): Said | null {
  const known = items(offer["steps"]).map(named);
  if (!known.length) return told(offer);
  let reached = free;
  for (const one of known) {
    reached += pieces(one?.["units"]);
    if (!dayIn(one?.["ship_by"])) return null;
    if (units <= reached) return told(one);
  }
  const last = told(known.at(-1) ?? null);
  return last && { ...last, word: "at_most", units: reached };
}

/** A range is promised by its last day. */
function told(one: Told): Extract<Said, { word: "by" | "between" }> | null {
  const [day, from] = [dayIn(one?.["ship_by"]), dayIn(one?.["range_from"])];
  return day && (from ? { word: "between", day, from } : { word: "by", day });
}
