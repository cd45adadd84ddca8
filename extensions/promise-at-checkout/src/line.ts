import { isOver } from "./day.ts";
import { named, pieces } from "./json.ts";
import { holdsIn, type Shown, shownIn } from "./shown.ts";

/** One line of a cart or an order, as much of it as can be read. */
export interface Line {
  id: string;
  variant: string | null;
  quantity: number;
  /** What came with the line from the product page: what the buyer saw. */
  shown: Shown | null;
  /** What of that holds for so many. */
  holds: Shown | null;
}

export function lineIn(value: unknown): Line | null {
  const line = named(value);
  if (!line) return null;
  const variant = named(line["merchandise"])?.["id"];
  const quantity = pieces(line["quantity"]);
  return {
    id: typeof line["id"] === "string" ? line["id"] : "",
    variant: typeof variant === "string" ? variant : null,
    quantity,
    shown: shownIn(line["attributes"], quantity),
    holds: holdsIn(line["attributes"], quantity),
  };
}

/** What was shown, unless its day is over: an old cart must not promise yesterday. */
export function stillAhead(shown: Shown | null, now: number): Shown | null {
  return shown?.day && isOver(shown.day, now) ? null : shown;
}
