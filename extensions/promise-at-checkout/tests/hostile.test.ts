import { expect, test } from "vitest";
import { atCheckout, onOrder, onThankYou } from "../src/surfaces.ts";
import { sentence } from "../src/words.ts";
import { lamps, NOW, offer, offered, promise, written } from "./cast.ts";

const junk = [undefined, null, 0, -1, 1.5, Number.NaN, "", "2026-12-07", "{", true, [], [[]], {}, [null], { length: 3 }];

/** A value with every part of it replaced, one at a time, by every piece of junk. */
function* spoilt(value: unknown): Generator<unknown> {
  yield* junk;
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    for (const worse of spoilt(inner)) {
      yield Array.isArray(value) ? value.map((one, index) => (String(index) === name ? worse : one)) : { ...value, [name]: worse };
    }
  }
}

/** Sentences can be made of whatever is said, and none has a hole in it. */
function isSayable(said: ReturnType<typeof onThankYou>): void {
  expect(said.length).toBeLessThanOrEqual(2);
  for (const one of said) expect(sentence(one, "en")).not.toMatch(/undefined|null|NaN|Invalid|\{/);
}

test("a line that is not as it should be is no error", () => {
  let count = 0;
  for (const line of spoilt(lamps(5))) {
    isSayable(atCheckout(line, offered(offer), NOW));
    isSayable(onThankYou(line, NOW));
    isSayable(onOrder(line, { lines: [line], metafields: written(promise({ units: 2, ship_by: null })), cancelled: false }, NOW));
    count += 1;
  }
  expect(count).toBeGreaterThan(100);
});

test("metafields that are not as they should be are no error", () => {
  const order = promise({ units: 5, ship_by: "2026-12-21" }, { line: 7, units: 1, ship_by: null });
  for (const value of spoilt(offer)) isSayable(atCheckout(lamps(1, {}), offered(value), NOW));
  for (const value of spoilt(order)) {
    isSayable(onOrder(lamps(5), { lines: [lamps(5)], metafields: written(value), cancelled: false }, NOW));
  }
  for (const metafields of spoilt(written(order))) {
    isSayable(onOrder(lamps(5), { lines: [lamps(5)], metafields, cancelled: false }, NOW));
  }
  for (const metafields of spoilt(offered(offer))) isSayable(atCheckout(lamps(1, {}), metafields, NOW));
});
