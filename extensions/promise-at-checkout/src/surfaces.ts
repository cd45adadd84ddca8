import { items } from "./json.ts";
import { type Line, lineIn, stillAhead } from "./line.ts";
import { metafield } from "./metafield.ts";
import { ofLine, waitingIn } from "./order.ts";
import type { Days, Said } from "./said.ts";
import type { Shown } from "./shown.ts";
import { offered } from "./variant.ts";

/**
 * What a line says before it is paid for: what came with it. What the variant promises now, to as many as stand in the
 * cart, wins where that is worse, and speaks where no day came with the line.
 */
export function atCheckout(target: unknown, metafields: unknown, now: number, lines?: unknown): readonly Said[] {
  const line = lineIn(target, lines);
  if (!line) return [];
  const shown = stillAhead(line.shown, now);
  const promise = line.variant ? metafield(metafields, "variant", "backorder", line.variant) : null;
  const offer = offered(promise, line.together, now);
  if (!offer) return shown ? [wait(days(shown), null, shown.directly)] : [];
  const said = shown && days(shown);
  if (!said) return [offer];
  const holds = (offer.word === "by" || offer.word === "between") && offer.day <= said.day;
  return holds ? [wait(said, null)] : [offer, { word: "on_product_page", ...said }];
}

/** What a line says just after it was paid for: what came with it, as far as it holds for so many. The variant now speaks to the next buyer. */
export function onThankYou(target: unknown, now: number, lines?: unknown): readonly Said[] {
  const line = lineIn(target, lines);
  const shown = line && stillAhead(line.holds, now);
  return shown ? [wait(days(shown), null, shown.directly)] : [];
}

/**
 * What a line of an order says: what the order's metafield says waits of it, and the day that came with the line
 * where it was another. Until there is a metafield, what came with it. Nothing of a cancelled order.
 */
export function onOrder(
  target: unknown,
  order: { lines: unknown; metafields: unknown; cancelled: boolean },
  now: number,
): readonly Said[] {
  const line = lineIn(target, order.lines);
  if (!line || order.cancelled) return [];
  const listed = waitingIn(metafield(order.metafields, "order", "backorder_promise"));
  if (!listed) return onThankYou(target, now, order.lines);
  const lines = items(order.lines).map((one) => lineIn(one)).filter((one): one is Line => one !== null);
  const waiting = ofLine(listed, line, lines);
  if (!waiting?.units) return [];
  const some = waiting.sure && waiting.units < line.quantity ? { units: waiting.units, of: line.quantity } : null;
  const told = days({ day: waiting.shipBy, from: waiting.from });
  return [wait(told, some, waiting.directly), ...earlier(line.shown && days(line.shown), told)];
}

function wait(said: Days | null, some: { units: number; of: number } | null, directly = false): Said {
  if (!said && directly) return some ? { word: "some_directly", ...some } : { word: "directly" };
  if (!said) return some ? { word: "some_asap", ...some } : { word: "asap" };
  const { day, from } = said;
  if (from) return some ? { word: "some_between", day, from, ...some } : { word: "between", day, from };
  return some ? { word: "some_by", day, ...some } : { word: "by", day };
}

function earlier(shown: Days | null, now: Days | null): readonly Said[] {
  return shown && shown.day !== now?.day ? [{ word: "earlier", ...shown }] : [];
}

function days({ day, from }: { day: Shown["day"]; from?: Shown["day"] }): Days | null {
  return day && (from ? { day, from } : { day });
}
