import { type Day, dayIn } from "./day.ts";
import { items, named, parsed, pieces } from "./json.ts";

/** What a product page showed its buyer: a day, with the first one of its range; or no day, but "as soon as it arrives", or that the supplier sends it. */
export interface Shown {
  day: Day | null;
  from?: Day;
  directly?: true;
}

/**
 * What came with a line from its product page; null where nothing did. The names and the token are described in
 * backorder/rules/evidence.py. We cannot check the signature here and need not: it is the buyer's own line, and the
 * order is judged on the server. Before there were hidden properties, the visible one carried the plain day.
 */
export function shownIn(attributes: unknown, quantity: number): Shown | null {
  const values = valuesIn(attributes);
  const said = inToken(values.get("_promised"));
  const day = dayIn(values.get("_ships_by")) ?? dayIn(values.get("Ships by"));
  if (!day) return toSoMany(said, quantity);
  return { day, ...first(said.steps.find((one) => one?.["ship_by"] === day)) };
}

/**
 * What holds of it for so many: the day of the token's later step where the buyer took more in the cart than on the
 * product page, for the server does not take the day that was shown there as theirs.
 */
export function holdsIn(attributes: unknown, quantity: number): Shown | null {
  const shown = shownIn(attributes, quantity);
  const said = inToken(valuesIn(attributes).get("_promised"));
  const proves = shown?.day && said.steps.some((one) => one?.["ship_by"] === shown.day);
  const theirs = proves ? toSoMany(said, quantity) : null;
  return shown?.day && theirs?.day && theirs.day > shown.day ? theirs : shown;
}

function valuesIn(attributes: unknown): Map<unknown, unknown> {
  return new Map(items(attributes).map((one) => [named(one)?.["key"], named(one)?.["value"]]));
}

type Step = Readonly<Record<string, unknown>> | null;

/** What a token says: so many ship at once (null: the page counted them), and of them the page says nothing; then come the steps. */
interface Token {
  free: number | null;
  steps: readonly Step[];
  directly?: boolean;
}

function inToken(token: unknown): Token {
  const said = typeof token === "string" ? named(parsed(decoded(token.split(".")[0] ?? ""))) : null;
  if (said?.["v"] !== 1) return { free: 0, steps: [] };
  const full = said["state"] === "in_stock" && said["free"] === undefined;
  return { free: full ? null : pieces(said["free"]), steps: items(said["steps"]).map(named), directly: said["sent_directly"] === true };
}

/** What is said to so many: the day of the step in which the last of them falls; nothing where all of them ship at once. */
function toSoMany({ free, steps, directly }: Token, quantity: number): Shown | null {
  if (free === null || (free && quantity <= free)) return null;
  let reached = free;
  for (const step of steps) {
    reached += pieces(step?.["units"]);
    const serves = step?.["units"] === null || quantity <= reached;
    const day = dayIn(step?.["ship_by"]);
    if (serves && !day && directly) return { day: null, directly };
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
