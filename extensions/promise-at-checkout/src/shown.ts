import { type Day, dayIn } from "./day.ts";
import { items, named, parsed, pieces } from "./json.ts";

/** What a product page showed its buyer: a day, with the first one of its range; or no day, but "as soon as it arrives". */
export interface Shown {
  day: Day | null;
  from?: Day;
}

/**
 * What came with a line from its product page; null where nothing did. The names and the token are described in
 * backorder/rules/evidence.py. We cannot check the signature here and need not: it is the buyer's own line, and the
 * order is judged on the server. Before there were hidden properties, the visible one carried the plain day.
 */
export function shownIn(attributes: unknown, quantity: number): Shown | null {
  const values = new Map(items(attributes).map((one) => [named(one)?.["key"], named(one)?.["value"]]));
  const day = dayIn(values.get("_ships_by")) ?? dayIn(values.get("Ships by"));
  const steps = inToken(values.get("_promised"));
  if (!day) return toSoMany(steps, quantity);
  const step = steps.find((one) => one?.["ship_by"] === day);
  return { day, ...first(step) };
}

type Step = Readonly<Record<string, unknown>> | null;

/** The steps of a token. */
function inToken(token: unknown): readonly Step[] {
  const said = typeof token === "string" ? named(parsed(decoded(token.split(".")[0] ?? ""))) : null;
  return said?.["v"] === 1 ? items(said["steps"]).map(named) : [];
}

/** What is said to so many: the day of the step in which the last of them falls. */
function toSoMany(steps: readonly Step[], quantity: number): Shown | null {
  let reached = 0;
  for (const step of steps) {
    reached += pieces(step?.["units"]);
    const serves = step?.["units"] === null || quantity <= reached;
    const day = dayIn(step?.["ship_by"]);
    if (serves) return day || step?.["ship_by"] === null ? { day, ...first(step) } : null;
  }
  return null;
}

/** The first day of a step's range, where it says one. */
function first(step: Step | undefined): { from?: Day } {
  const from = dayIn(step?.["range_from"]);
  return from ? { from } : {};
}

/** base64url; empty where it is none. */
function decoded(text: string): string {
  try {
    return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}
