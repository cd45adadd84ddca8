import { expect, test } from "vitest";
import { atCheckout, onThankYou } from "../src/surfaces.ts";
import { by, earlier, LAMP, lamps, line, NOW, offer, offered } from "./cast.ts";

const bare = (quantity = 1) => lamps(quantity, {});

test("a line says the day that came with it from the product page", () => {
  expect(atCheckout(lamps(), [], NOW)).toEqual([by("2026-12-07")]);
  expect(onThankYou(lamps(), NOW)).toEqual([by("2026-12-07")]);
});

test("a line that came without a day says nothing", () => {
  expect(atCheckout(bare(), [], NOW)).toEqual([]);
  expect(onThankYou(bare(), NOW)).toEqual([]);
});

test("the property is known by its label in every language, and by the hidden one where a label is unknown", () => {
  for (const label of ["Ships by", "Versand bis", "Expédition au plus tard le", "発送期限"]) {
    expect(atCheckout(lamps(1, { [label]: "2026-12-07" }), [], NOW)).toEqual([by("2026-12-07")]);
  }
  const hidden = { "Wysyłka do": "7 grudnia 2026", _promised: "v1.2026-12-07.QUJD" };
  expect(atCheckout(lamps(1, hidden), [], NOW)).toEqual([by("2026-12-07")]);
});

test("what is no day is not repeated: Shopify shows the property itself", () => {
  for (const value of ["soon", "7 December", "2027-02-30", "2027-13-01", "2026-12-07<b>", ""]) {
    expect(atCheckout(lamps(1, { "Ships by": value, _promised: "secret" }), [], NOW)).toEqual([]);
  }
  for (const number of ["92026-12-07", "2026-12-075"]) {
    expect(atCheckout(lamps(1, { _promised: number }), [], NOW)).toEqual([]);
  }
});

test("an old cart promises no day that is over, anywhere on earth", () => {
  const lastMoment = Date.parse("2026-12-08T12:00:00Z"); // midnight at the date line
  expect(atCheckout(lamps(), [], lastMoment - 1000)).toEqual([by("2026-12-07")]);
  expect(atCheckout(lamps(), [], lastMoment)).toEqual([]);
  expect(onThankYou(lamps(), lastMoment)).toEqual([]);
});

test("a line that came past the product page says what its variant promises to this many", () => {
  expect(atCheckout(bare(1), offered(offer), NOW)).toEqual([by("2026-12-07")]);
  expect(atCheckout(bare(38), offered(offer), NOW)).toEqual([by("2026-12-21")]);
  expect(atCheckout(bare(58), offered(offer), NOW)).toMatchObject([{ word: "at_most", day: "2026-12-21", units: 57 }]);
});

test("before money changes hands, a worse day is told beside the one that was shown", () => {
  expect(atCheckout(lamps(38), offered(offer), NOW)).toEqual([by("2026-12-21"), earlier("2026-12-07")]);
  expect(atCheckout(lamps(1), offered({ ...offer, state: "asap" }), NOW)).toEqual([
    { word: "asap" },
    earlier("2026-12-07"),
  ]);
});

test("where the variant still says what was shown, it is said once", () => {
  expect(atCheckout(lamps(37), offered(offer), NOW)).toEqual([by("2026-12-07")]);
});

test("a better day is not told: what was shown is what is promised", () => {
  const sooner = { ...offer, steps: [], ship_by: "2026-12-01" };
  expect(atCheckout(lamps(), offered(sooner), NOW)).toEqual([by("2026-12-07")]);
  expect(atCheckout(lamps(), offered({ ...offer, state: "in_stock" }), NOW)).toEqual([by("2026-12-07")]);
});

test("only its own variant speaks for a line, and only in our own namespace", () => {
  expect(atCheckout(bare(), offered(offer, "gid://shopify/ProductVariant/99"), NOW)).toEqual([]);
  const [, ours] = offered(offer);
  const foreign = { ...ours, metafield: { ...ours?.metafield, namespace: "custom" } };
  expect(atCheckout(bare(), [foreign], NOW)).toEqual([]);
});

test("a variant in stock, not for sale or long unheard of promises nothing", () => {
  for (const state of ["in_stock", "waitlist", "ended", "a state of next year"]) {
    expect(atCheckout(bare(), offered({ ...offer, state }), NOW)).toEqual([]);
  }
  expect(atCheckout(bare(), offered(offer), Date.parse(offer.valid_until))).toEqual([]);
});

test("just after the purchase the variant is not asked: it speaks to the next buyer", () => {
  expect(onThankYou(line("gid://shopify/CartLine/1", LAMP, 1), NOW)).toEqual([]);
});
