import { type Day, dayIn, isOver } from "./day.ts";
import { items, named, pieces } from "./json.ts";
import { LABELS } from "./words.ts";

/** One line of a cart or an order, as much of it as can be read. */
export interface Line {
  id: string;
  variant: string | null;
  quantity: number;
  /** The day that travelled with the line from the product page: what the buyer saw. */
  shown: Day | null;
}

/** The property that nobody sees; where it says a day, that is the day that was shown. */
const HIDDEN = "_promised";
const DAY_INSIDE = /(?:^|\D)(\d{4}-\d{2}-\d{2})(?!\d)/;

export function lineIn(value: unknown): Line | null {
  const line = named(value);
  if (!line) return null;
  const variant = named(line["merchandise"])?.["id"];
  return {
    id: typeof line["id"] === "string" ? line["id"] : "",
    variant: typeof variant === "string" ? variant : null,
    quantity: pieces(line["quantity"]),
    shown: shownIn(line["attributes"]),
  };
}

/** The day in the property "Ships by", whose label a shop may have translated; else a day in the hidden property. */
export function shownIn(attributes: unknown): Day | null {
  const values = new Map(items(attributes).map((one) => [named(one)?.["key"], named(one)?.["value"]]));
  for (const label of LABELS) {
    const day = dayIn(values.get(label));
    if (day) return day;
  }
  const hidden = values.get(HIDDEN);
  return typeof hidden === "string" ? dayIn(DAY_INSIDE.exec(hidden)?.[1]) : null;
}

/** The shown day, unless it is over: an old cart must not promise yesterday. */
export function stillAhead(line: Line, now: number): Day | null {
  return line.shown && !isOver(line.shown, now) ? line.shown : null;
}
