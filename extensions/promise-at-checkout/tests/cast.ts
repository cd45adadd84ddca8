/** Who and what the tests are about: a lamp and a chair in a cart, and the metafields that the app wrote. */
import type { Said } from "../src/said.ts";
import { type Day, dayIn } from "../src/day.ts";

export const NOW = Date.parse("2026-11-20T09:00:00Z");
export const LAMP = "gid://shopify/ProductVariant/11";
export const CHAIR = "gid://shopify/ProductVariant/12";

export function day(written: string): Day {
  const found = dayIn(written);
  if (!found) throw new Error(`${written} is no day`);
  return found;
}

export function by(written: string): Said {
  return { word: "by", day: day(written) };
}

export function earlier(written: string): Said {
  return { word: "earlier", day: day(written) };
}

export function onProductPage(written: string): Said {
  return { word: "on_product_page", day: day(written) };
}

type Properties = Record<string, string>;

/** A line as Shopify gives it to an extension, as far as we read it. */
export function line(id: string, variant: string, quantity: number, properties: Properties = {}) {
  const attributes = Object.entries(properties).map(([key, value]) => ({ key, value }));
  return { id, merchandise: { type: "variant", id: variant }, quantity, attributes };
}

/** What the theme block puts into the cart. Nobody reads the first of them: it is for people. */
export const SHOWN: Properties = { "Versand bis": "7. Dezember 2026", _ships_by: "2026-12-07" };

/** A token as the app signs it: what stands before the dot says what the page may show. */
export function token(steps: unknown, more: object = {}): string {
  const said = { v: 1, shop: "lamplight.myshopify.com", variant: 11, state: "backorder", steps, ...more };
  return `${btoa(JSON.stringify(said)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}.c2lnbmVk`;
}

export const lamps = (quantity = 1, properties: Properties = SHOWN) =>
  line("gid://shopify/CartLine/501", LAMP, quantity, properties);
export const chairs = (quantity = 1, properties: Properties = {}) =>
  line("gid://shopify/CartLine/502", CHAIR, quantity, properties);

/** A metafield of ours among others, as text, as Shopify gives it. */
export function metafields(type: "variant" | "order", id: string, key: string, value: unknown) {
  return [
    { target: { type: "shop", id: "gid://shopify/Shop/1" }, metafield: { namespace: "custom", key, value: "7" } },
    {
      target: { type, id },
      metafield: { namespace: "$app", key, value: typeof value === "string" ? value : JSON.stringify(value) },
    },
  ];
}

export const offer = {
  v: 1,
  state: "backorder",
  ship_by: "2026-12-07",
  steps: [
    { units: 37, ship_by: "2026-12-07" },
    { units: 20, ship_by: "2026-12-21" },
  ],
  valid_until: "2026-11-23T00:00:00Z",
};

export const offered = (value: unknown, variant = LAMP) => metafields("variant", variant, "backorder", value);

/** The same, where the shop tells ranges. */
export const ranged = {
  ...offer,
  range_from: "2026-12-01",
  steps: [
    { units: 37, ship_by: "2026-12-07", range_from: "2026-12-01" },
    { units: 20, ship_by: "2026-12-21", range_from: "2026-12-15" },
  ],
};

export function between(first: string, last: string): Said {
  return { word: "between", from: day(first), day: day(last) };
}

interface Listed {
  line?: number;
  variant?: string | null;
  units: number;
  ship_by: string | null;
  range_from?: string;
  sent_directly?: true;
}

/** The order's metafield as the app writes it. */
export function promise(...lines: Listed[]) {
  return {
    v: 1,
    waiting: lines.some((one) => one.units > 0),
    ship_by: null,
    lines: lines.map(({ line: number = 501, variant = LAMP, ...more }) => {
      return { line: `gid://shopify/LineItem/${number}`, variant, ...more };
    }),
  };
}

export const written = (value: unknown) => metafields("order", "gid://shopify/Order/1", "backorder_promise", value);
