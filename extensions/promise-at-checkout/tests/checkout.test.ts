import { expect, test } from "vitest";
import { atCheckout, onThankYou } from "../src/surfaces.ts";
import { between, by, day, LAMP, lamps, line, NOW, offer, offered, onProductPage, ranged, SHOWN, token } from "./cast.ts";

const bare = (quantity = 1) => lamps(quantity, {});

test("a line says the day that came with it from the product page", () => {
  expect(atCheckout(lamps(), [], NOW)).toEqual([by("2026-12-07")]);
  expect(onThankYou(lamps(), NOW)).toEqual([by("2026-12-07")]);
});

test("a line that came without a day says nothing", () => {
  expect(atCheckout(bare(), [], NOW)).toEqual([]);
  expect(onThankYou(bare(), NOW)).toEqual([]);
});

test("where the page had no script, the token says the day for as many as are bought", () => {
  const without = (quantity: number) => lamps(quantity, { "Ships by": "December 7, 2026 (up to 37)", _promised: token(offer.steps) });
  expect(onThankYou(without(37), NOW)).toEqual([by("2026-12-07")]);
  expect(onThankYou(without(38), NOW)).toEqual([by("2026-12-21")]);
  expect(onThankYou(without(58), NOW)).toEqual([]);
  const anyNumber = { _promised: token([{ units: null, ship_by: "2026-12-07" }]) };
  expect(onThankYou(lamps(500, anyNumber), NOW)).toEqual([by("2026-12-07")]);
});

test("where the page had no script, what is in stock says nothing, and who takes more hears the day of the rest", () => {
  const few = { _promised: token(offer.steps, { state: "in_stock", free: 3 }) };
  expect(onThankYou(lamps(3, few), NOW)).toEqual([]);
  expect(atCheckout(lamps(3, few), offered({ ...offer, state: "in_stock", ship_by: null, free: 3 }), NOW)).toEqual([]);
  expect(onThankYou(lamps(40, few), NOW)).toEqual([by("2026-12-07")]);
  expect(onThankYou(lamps(41, few), NOW)).toEqual([by("2026-12-21")]);
});

test("who took more than a full shelf has reads the day that came from the page, which counted what is there", () => {
  const full = { ...SHOWN, _promised: token(offer.steps, { state: "in_stock" }) };
  expect(onThankYou(lamps(52, full), NOW)).toEqual([by("2026-12-07")]);
  expect(atCheckout(lamps(52, full), offered({ ...offer, state: "in_stock", ship_by: null }), NOW)).toEqual([by("2026-12-07")]);
  expect(onThankYou(lamps(40, { _promised: token(offer.steps, { state: "in_stock" }) }), NOW)).toEqual([]);
});

test("who takes more in the cart than on the product page reads after the purchase the day that holds for so many", () => {
  const more = { ...SHOWN, _promised: token(offer.steps) };
  expect(onThankYou(lamps(37, more), NOW)).toEqual([by("2026-12-07")]);
  expect(onThankYou(lamps(38, more), NOW)).toEqual([by("2026-12-21")]);
  expect(onThankYou(lamps(2, { ...more, _ships_by: "2026-12-21" }), NOW)).toEqual([by("2026-12-21")]);
});

test("where the page had no day, the line says that it ships as soon as it arrives, until there is one", () => {
  const soon = lamps(1, { _promised: token([{ units: null, ship_by: null }], { state: "asap" }) });
  expect(onThankYou(soon, NOW)).toEqual([{ word: "asap" }]);
  expect(atCheckout(soon, [], NOW)).toEqual([{ word: "asap" }]);
  expect(atCheckout(soon, offered(offer), NOW)).toEqual([by("2026-12-07")]);
});

test("what a supplier sends without a day does not arrive here first, at checkout or after it", () => {
  const sent = lamps(1, { _promised: token([{ units: null, ship_by: null }], { state: "asap", sent_directly: true }) });
  expect(onThankYou(sent, NOW)).toEqual([{ word: "directly" }]);
  expect(atCheckout(sent, [], NOW)).toEqual([{ word: "directly" }]);
  expect(atCheckout(bare(), offered({ ...offer, state: "asap", sent_directly: true }), NOW)).toEqual([{ word: "directly" }]);
});

test("the day that was shown counts before the token, and the plain day that older carts carry is read, too", () => {
  const both = { _ships_by: "2026-12-07", _promised: token([{ units: null, ship_by: "2026-12-21" }]) };
  expect(onThankYou(lamps(1, both), NOW)).toEqual([by("2026-12-07")]);
  expect(onThankYou(lamps(1, { "Ships by": "2026-12-07" }), NOW)).toEqual([by("2026-12-07")]);
});

test("a range is told as one, and holds while its last day does", () => {
  const shown = { _ships_by: "2026-12-07", _promised: token(ranged.steps) };
  expect(onThankYou(lamps(1, shown), NOW)).toEqual([between("2026-12-01", "2026-12-07")]);
  expect(onThankYou(lamps(38, { _promised: token(ranged.steps) }), NOW)).toEqual([between("2026-12-15", "2026-12-21")]);
  expect(atCheckout(lamps(1, shown), offered(ranged), NOW)).toEqual([between("2026-12-01", "2026-12-07")]);
  expect(atCheckout(bare(1), offered(ranged), NOW)).toEqual([between("2026-12-01", "2026-12-07")]);
  expect(atCheckout(lamps(38, shown), offered(ranged), NOW)).toEqual([
    between("2026-12-15", "2026-12-21"),
    { word: "on_product_page", from: day("2026-12-01"), day: day("2026-12-07") },
  ]);
});

test("what is no day and no token is not repeated: Shopify shows the visible property itself", () => {
  for (const value of ["soon", "7 December", "2027-02-30", "2027-13-01", "2026-12-07<b>", ""]) {
    expect(onThankYou(lamps(1, { "Ships by": value, _ships_by: value, _promised: value }), NOW)).toEqual([]);
  }
  const odd = ["", ".", "e30", "bnVsbA", "!!!.x", token("no"), token([]), token([null]), token(offer.steps, { v: 2 })];
  for (const one of [...odd, token([{ units: 5, ship_by: "soon" }]), token([{ units: "5", ship_by: "2026-12-07" }])]) {
    expect(onThankYou(lamps(1, { _promised: one }), NOW)).toEqual([]);
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
  expect(atCheckout(lamps(38), offered(offer), NOW)).toEqual([by("2026-12-21"), onProductPage("2026-12-07")]);
  expect(atCheckout(lamps(1), offered({ ...offer, state: "asap" }), NOW)).toEqual([
    { word: "asap" },
    onProductPage("2026-12-07"),
  ]);
});

test("two lines of one variant are told the day that serves them together", () => {
  const cart = [lamps(20), lamps(18, { ...SHOWN, For: "Ben" }), line("gid://shopify/CartLine/503", "another", 500)];
  for (const lamp of cart.slice(0, 2)) {
    expect(atCheckout(lamp, offered(offer), NOW)).toEqual([by("2026-12-07")]);
    expect(atCheckout(lamp, offered(offer), NOW, cart)).toEqual([by("2026-12-21"), onProductPage("2026-12-07")]);
  }
  const most = [bare(30), bare(28)];
  expect(atCheckout(bare(30), offered(offer), NOW, most)).toMatchObject([{ word: "at_most", units: 57 }]);
  const proved = lamps(20, { ...SHOWN, _promised: token(offer.steps) });
  expect(onThankYou(proved, NOW, [proved, lamps(18)])).toEqual([by("2026-12-21")]);
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
