import { expect, test } from "vitest";
import { onOrder } from "../src/surfaces.ts";
import { between, by, CHAIR, chairs, day, earlier, LAMP, lamps, line, NOW, promise, SHOWN, token, written } from "./cast.ts";

const lamp = lamps(5);
const page = (metafields: unknown, lines: unknown[] = [lamp]) => ({ lines, metafields, cancelled: false });

test("the order's promise wins over what the line said, and the earlier day is not hidden", () => {
  const moved = page(written(promise({ units: 5, ship_by: "2026-12-21" })));
  expect(onOrder(lamp, moved, NOW)).toEqual([by("2026-12-21"), earlier("2026-12-07")]);
  const sooner = page(written(promise({ units: 5, ship_by: "2026-12-01" })));
  expect(onOrder(lamp, sooner, NOW)).toEqual([by("2026-12-01"), earlier("2026-12-07")]);
});

test("a range is told as one, and so is the one before it", () => {
  const shown = { ...SHOWN, _promised: token([{ units: 37, ship_by: "2026-12-07", range_from: "2026-12-01" }]) };
  const wide = lamps(5, shown);
  expect(onOrder(wide, page([], [wide]), NOW)).toEqual([between("2026-12-01", "2026-12-07")]);
  const moved = written(promise({ units: 5, ship_by: "2026-12-21", range_from: "2026-12-15" }));
  expect(onOrder(wide, page(moved, [wide]), NOW)).toEqual([
    between("2026-12-15", "2026-12-21"),
    { word: "earlier", from: day("2026-12-01"), day: day("2026-12-07") },
  ]);
  const some = written(promise({ units: 2, ship_by: "2026-12-07", range_from: "2026-12-01" }));
  expect(onOrder(wide, page(some, [wide]), NOW)).toEqual([
    { word: "some_between", from: day("2026-12-01"), day: day("2026-12-07"), units: 2, of: 5 },
  ]);
});

test("a day that did not move is said once", () => {
  expect(onOrder(lamp, page(written(promise({ units: 5, ship_by: "2026-12-07" }))), NOW)).toEqual([by("2026-12-07")]);
});

test("a line of which some waits says how many", () => {
  const some = page(written(promise({ units: 2, ship_by: "2026-12-07" })));
  expect(onOrder(lamp, some, NOW)).toEqual([{ word: "some_by", day: day("2026-12-07"), units: 2, of: 5 }]);
});

test("a line for which no day is known any more says so, beside the one it had", () => {
  const lost = page(written(promise({ units: 5, ship_by: null })));
  expect(onOrder(lamp, lost, NOW)).toEqual([{ word: "asap" }, earlier("2026-12-07")]);
  const some = page(written(promise({ units: 1, ship_by: null })));
  expect(onOrder(lamp, some, NOW)[0]).toEqual({ word: "some_asap", units: 1, of: 5 });
});

test("a line that a supplier sends without a day does not arrive here first", () => {
  const sent = page(written(promise({ units: 5, ship_by: null, sent_directly: true })));
  expect(onOrder(lamp, sent, NOW)).toEqual([{ word: "directly" }, earlier("2026-12-07")]);
  const some = page(written(promise({ units: 1, ship_by: null, sent_directly: true })));
  expect(onOrder(lamp, some, NOW)[0]).toEqual({ word: "some_directly", units: 1, of: 5 });
});

test("where the page showed no day, there is no earlier one", () => {
  const soon = lamps(5, { _promised: token([{ units: null, ship_by: null }], { state: "asap" }) });
  const metafields = written(promise({ units: 5, ship_by: "2026-12-21" }));
  expect(onOrder(soon, page(metafields, [soon]), NOW)).toEqual([by("2026-12-21")]);
});

test("a line that is covered, or never waited, says nothing, whatever came with it", () => {
  expect(onOrder(lamp, page(written(promise({ units: 0, ship_by: "2026-12-07" }))), NOW)).toEqual([]);
  expect(onOrder(lamp, page(written(promise({ line: 502, variant: CHAIR, units: 1, ship_by: null }))), NOW)).toEqual([]);
});

test("a cancelled order promises nothing", () => {
  const metafields = written(promise({ units: 5, ship_by: "2026-12-21" }));
  expect(onOrder(lamp, { lines: [lamp], metafields, cancelled: true }, NOW)).toEqual([]);
});

test("until the order has its promise, the line says what came with it", () => {
  expect(onOrder(lamp, page([]), NOW)).toEqual([by("2026-12-07")]);
  expect(onOrder(chairs(), page([], [chairs()]), NOW)).toEqual([]);
});

test("a promise that cannot be read is none: the line says what came with it", () => {
  const broken = ["", "{", "null", "7", "[]", "{}", { v: 2, lines: [] }, { v: 1 }, { v: 1, lines: "no" }];
  for (const value of broken) expect(onOrder(lamp, page(written(value)), NOW)).toEqual([by("2026-12-07")]);
});

test("cart lines may be numbered otherwise than the order's lines: the variant tells which is meant", () => {
  const hashed = line("gid://shopify/CartLine/9f86d081884c7d65", LAMP, 5, SHOWN);
  const two = [hashed, chairs()];
  const metafields = written(
    promise({ line: 7001, units: 2, ship_by: "2026-12-21" }, { line: 7002, variant: CHAIR, units: 1, ship_by: null }),
  );
  expect(onOrder(hashed, page(metafields, two), NOW)[0]).toMatchObject({ word: "some_by", day: "2026-12-21", units: 2 });
  expect(onOrder(chairs(), page(metafields, two), NOW)).toEqual([{ word: "asap" }]);
});

test("a number that belongs to a line of another variant is a coincidence", () => {
  const metafields = written(promise({ line: 501, variant: CHAIR, units: 1, ship_by: "2026-12-21" }));
  expect(onOrder(lamp, page(metafields), NOW)).toEqual([]);
});

test("a line whose variant was deleted is known by its number", () => {
  const metafields = written(promise({ line: 501, variant: null, units: 5, ship_by: "2026-12-21" }));
  const bare = { ...lamp, merchandise: undefined };
  expect(onOrder(bare, page(metafields, [bare]), NOW)[0]).toEqual(by("2026-12-21"));
});

test("of lines that cannot be told apart, those that came with a day say the latest one, and no count", () => {
  const shown = line("gid://shopify/CartLine/aa", LAMP, 5, SHOWN);
  const engraved = line("gid://shopify/CartLine/bb", LAMP, 3, { ...SHOWN, Engraving: "A." });
  const fromStock = line("gid://shopify/CartLine/cc", LAMP, 1);
  const lines = [shown, engraved, fromStock];
  const metafields = written(
    promise({ line: 1, units: 5, ship_by: "2026-12-14" }, { line: 2, units: 1, ship_by: "2026-12-21" }),
  );
  for (const one of [shown, engraved]) {
    expect(onOrder(one, page(metafields, lines), NOW)).toEqual([by("2026-12-21"), earlier("2026-12-07")]);
  }
  expect(onOrder(fromStock, page(metafields, lines), NOW)).toEqual([]);
  const [without, dated] = [{ units: 5, ship_by: null }, { units: 1, ship_by: "2026-12-21" }];
  for (const undated of [promise({ line: 1, ...without }, { line: 2, ...dated }), promise({ line: 1, ...dated }, { line: 2, ...without })]) {
    expect(onOrder(shown, page(written(undated), lines), NOW)).toEqual([{ word: "asap" }, earlier("2026-12-07")]);
  }
  const covered = written(
    promise({ line: 1, units: 0, ship_by: "2026-12-28" }, { line: 2, units: 1, ship_by: "2026-12-21" }),
  );
  expect(onOrder(shown, page(covered, lines), NOW)[0]).toEqual(by("2026-12-21"));
});

test("one promise and two lines of its variant: it is the line that came with a day, and its count is not sure", () => {
  const shown = line("gid://shopify/CartLine/aa", LAMP, 5, SHOWN);
  const fromStock = line("gid://shopify/CartLine/cc", LAMP, 1);
  const metafields = written(promise({ line: 1, units: 2, ship_by: "2026-12-21" }));
  expect(onOrder(shown, page(metafields, [shown, fromStock]), NOW)[0]).toEqual(by("2026-12-21"));
  expect(onOrder(fromStock, page(metafields, [shown, fromStock]), NOW)).toEqual([]);
});

test("ids without a number are no reason to take two lines for the same", () => {
  const value = promise({ variant: null, units: 5, ship_by: "2026-12-21" });
  const metafields = written({ ...value, lines: value.lines.map((one) => ({ ...one, line: "a line" })) });
  const hashed = { ...lamp, id: "gid://shopify/CartLine/9f86d081884c7d65" };
  expect(onOrder(hashed, page(metafields, [hashed]), NOW)).toEqual([]);
});

test("what is no count of pieces waits for nothing", () => {
  for (const units of [-2, 1.5, Number.NaN]) {
    expect(onOrder(lamp, page(written(promise({ units, ship_by: "2026-12-21" }))), NOW)).toEqual([]);
  }
});
