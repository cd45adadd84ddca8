import { type Day, dayIn } from "./day.ts";
import { items, named, parsed, pieces } from "./json.ts";

/** What a product page showed its buyer: a day; or no day, but "as soon as it arrives". */
export interface Shown {
  day: Day | null;
}

/**
 * What came with a line from its product page; null where nothing did. The names and the token are described in
 * backorder/rules/evidence.py. We cannot check the signature here and need not: it is the buyer's own line, and the
 * order is judged on the server. Before there were hidden properties, the visible one carried the plain day.
 */
export function shownIn(attributes: unknown, quantity: number): Shown | null {
  const values = new Map(items(attributes).map((one) => [named(one)?.["key"], named(one)?.["value"]]));
  const day = dayIn(values.get("_ships_by")) ?? dayIn(values.get("Ships by"));
  return day ? { day } : inToken(values.get("_promised"), quantity);
}

/** What the token says to so many: the day of the step in which the last of them falls. */
function inToken(token: unknown, quantity: number): Shown | null {
  const said = typeof token === "string" ? named(parsed(decoded(token.split(".")[0] ?? ""))) : null;
  if (said?.["v"] !== 1) return null;
  let reached = 0;
  for (const step of items(said["steps"]).map(named)) {
    reached += pieces(step?.["units"]);
    const serves = step?.["units"] === null || quantity <= reached;
    const day = dayIn(step?.["ship_by"]);
    if (serves) return day || step?.["ship_by"] === null ? { day } : null;
  }
  return null;
}

/** base64url; empty where it is none. */
function decoded(text: string): string {
  try {
    return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}
