import { type Day, dayIn } from "./day.ts";
import { items, named, pieces } from "./json.ts";
import type { Line } from "./line.ts";

/** What an order's metafield says of one of its lines: so many units wait, for this day (the last of a range) or for none that is known; `directly`: sent by the supplier. */
export interface Waiting {
  line: string;
  variant: string | null;
  units: number;
  shipBy: Day | null;
  from: Day | null;
  directly: boolean;
}

/** The lines in the order's metafield; null where there is none, or none that we can read: the line speaks then. */
export function waitingIn(promise: unknown): readonly Waiting[] | null {
  const order = named(promise);
  if (!order || order["v"] !== 1 || !Array.isArray(order["lines"])) return null;
  return items(order["lines"]).flatMap((value) => {
    const one = named(value);
    if (!one || typeof one["line"] !== "string") return [];
    const variant = typeof one["variant"] === "string" ? one["variant"] : null;
    const [shipBy, from] = [dayIn(one["ship_by"]), dayIn(one["range_from"])];
    const directly = one["sent_directly"] === true;
    return [{ line: one["line"], variant, units: pieces(one["units"]), shipBy, from, directly }];
  });
}

/**
 * What waits of one line, out of all that the order's metafield lists. The page numbers its lines as cart lines, and
 * their numbers may be others than the order's: where they differ, the variant tells. `sure` is false where several
 * lines have the same variant; then the latest day of them is told, which is right for all, and no count.
 */
export function ofLine(listed: readonly Waiting[], line: Line, lines: readonly Line[]): (Waiting & { sure: boolean }) | null {
  const same = listed.filter((one) => !one.variant || !line.variant || one.variant === line.variant);
  const byNumber = same.find((one) => number(one.line) !== null && number(one.line) === number(line.id));
  if (byNumber) return { ...byNumber, sure: true };
  const byVariant = same.filter((one) => one.variant !== null && one.variant === line.variant);
  const [only, ...others] = byVariant;
  if (!only) return null;
  const twins = lines.filter((one) => one.variant === line.variant);
  if (!others.length && twins.length <= 1) return { ...only, sure: true };
  return line.shown ? { ...latest(byVariant), sure: false } : null;
}

/** Of lines that cannot be told apart: the one that waits longest, a wait without a day being the longest. */
function latest(some: readonly Waiting[]): Waiting {
  return some.reduce((one, other) => (longer(other, one) ? other : one));
}

function longer(one: Waiting, other: Waiting): boolean {
  if (!one.units || !other.units) return one.units > other.units;
  return other.shipBy !== null && (one.shipBy === null || one.shipBy > other.shipBy);
}

/** The number at the end of an id such as gid://shopify/LineItem/123; null where there is none. */
function number(id: string): string | null {
  return /\/(\d+)$/.exec(id)?.[1] ?? null;
}
