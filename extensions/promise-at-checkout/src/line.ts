import { isOver } from "./day.ts";
import { items, named, pieces } from "./json.ts";
import { holdsIn, type Shown, shownIn } from "./shown.ts";

/** One line of a cart or an order, as much of it as can be read. */
export interface Line {
  id: string;
  variant: string | null;
  quantity: number;
  /** How many of its variant stand on this line and others: one shipment serves them all. */
  together: number;
  /** What came with the line from the product page: what the buyer saw. */
  shown: Shown | null;
  /** What of that holds for so many together. */
  holds: Shown | null;
}

/** A line among the `lines` of its cart or order. */
export function lineIn(value: unknown, lines: unknown = []): Line | null {
  const line = named(value);
  if (!line) return null;
  const variant = variantOf(line);
  const quantity = pieces(line["quantity"]);
  const same = variant === null ? [] : items(lines).map(named).filter((one) => one && variantOf(one) === variant);
  const together = Math.max(quantity, same.reduce((sum, one) => sum + pieces(one?.["quantity"]), 0));
  return {
    id: typeof line["id"] === "string" ? line["id"] : "",
    variant,
    quantity,
    together,
    shown: shownIn(line["attributes"], quantity),
    holds: holdsIn(line["attributes"], together),
  };
}

function variantOf(line: Readonly<Record<string, unknown>>): string | null {
  const variant = named(line["merchandise"])?.["id"];
  return typeof variant === "string" ? variant : null;
}

/** What was shown, unless its day is over: an old cart must not promise yesterday. */
export function stillAhead(shown: Shown | null, now: number): Shown | null {
  return shown?.day && isOver(shown.day, now) ? null : shown;
}
