import type { Day } from "./day.ts";
import { items } from "./json.ts";
import { type Line, lineIn, stillAhead } from "./line.ts";
import { metafield } from "./metafield.ts";
import { ofLine, waitingIn } from "./order.ts";
import type { Said } from "./said.ts";
import { offered } from "./variant.ts";

/**
 * What a line says before it is paid for: the day that came with it. What the variant promises now, to this many,
 * wins where that is worse, and speaks where no day came with the line.
 */
export function atCheckout(target: unknown, metafields: unknown, now: number): readonly Said[] {
  const line = lineIn(target);
  if (!line) return [];
  const shown = stillAhead(line, now);
  const promise = line.variant ? metafield(metafields, "variant", "backorder", line.variant) : null;
  const offer = offered(promise, line.quantity, now);
  if (!shown) return offer ? [offer] : [];
  if (!offer || (offer.word === "by" && offer.day <= shown)) return [{ word: "by", day: shown }];
  return [offer, { word: "earlier", day: shown }];
}

/** What a line says just after it was paid for: the day that came with it. The variant now speaks to the next buyer. */
export function onThankYou(target: unknown, now: number): readonly Said[] {
  const line = lineIn(target);
  const shown = line && stillAhead(line, now);
  return shown ? [{ word: "by", day: shown }] : [];
}

/**
 * What a line of an order says: what the order's metafield says waits of it, and the day that came with the line
 * where it was another. Until there is a metafield, the day that came with it. Nothing of a cancelled order.
 */
export function onOrder(
  target: unknown,
  order: { lines: unknown; metafields: unknown; cancelled: boolean },
  now: number,
): readonly Said[] {
  const line = lineIn(target);
  if (!line || order.cancelled) return [];
  const listed = waitingIn(metafield(order.metafields, "order", "backorder_promise"));
  if (!listed) return onThankYou(target, now);
  const lines = items(order.lines).map(lineIn).filter((one): one is Line => one !== null);
  const waiting = ofLine(listed, line, lines);
  if (!waiting?.units) return [];
  const some = waiting.sure && waiting.units < line.quantity ? { units: waiting.units, of: line.quantity } : null;
  return [wait(waiting.shipBy, some), ...earlier(line.shown, waiting.shipBy)];
}

function wait(day: Day | null, some: { units: number; of: number } | null): Said {
  if (day) return some ? { word: "some_by", day, ...some } : { word: "by", day };
  return some ? { word: "some_asap", ...some } : { word: "asap" };
}

function earlier(shown: Day | null, day: Day | null): readonly Said[] {
  return shown && shown !== day ? [{ word: "earlier", day: shown }] : [];
}
