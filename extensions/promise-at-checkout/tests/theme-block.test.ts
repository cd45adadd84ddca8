import { readFileSync } from "node:fs";
import path from "node:path";
import vm from "node:vm";
import { expect, test } from "vitest";
import { offered } from "../src/variant.ts";
import { NOW, offer, ranged } from "./cast.ts";

interface Reading {
  word: string | null;
  date?: string;
  from?: string;
  units?: number;
}

/** The rule of the theme block, from its own file. */
function themeBlock(): (promise: unknown, units: number, now: number) => Reading {
  let found: { reading: (promise: unknown, units: number, now: number) => Reading } | undefined;
  const customElements = { get: () => undefined, define: (_: string, made: typeof found) => (found = made) };
  const script = readFileSync(path.join(import.meta.dirname, "../../promise-block/assets/promise.js"), "utf8");
  vm.runInContext(script, vm.createContext({ customElements, HTMLElement: class {}, Intl, Date }));
  return (...given) => found?.reading(...given) ?? { word: null };
}

test("checkout says of any promise and any quantity what the product page says", () => {
  const reading = themeBlock();
  const promises = [
    offer,
    ranged,
    { ...ranged, steps: [] },
    { ...offer, state: "in_stock", ship_by: null, free: 2 },
    { ...offer, steps: [] },
    { ...offer, steps: [], ship_by: null },
    { ...offer, steps: undefined },
    ...["asap", "in_stock", "waitlist", "ended"].map((state) => ({ ...offer, state })),
    { ...offer, state: "asap", sent_directly: true },
    { ...offer, sent_directly: true },
    { ...offer, v: 2 },
    { ...offer, valid_until: null },
    { ...offer, valid_until: "2026-11-20T09:00:00Z" },
    null,
  ];
  const words = new Set<string | null>();
  for (const promise of promises) {
    for (const units of [1, 2, 36, 37, 38, 56, 57, 58, 1000]) {
      const { word, date, from, units: most } = reading(promise, units, NOW);
      const said = offered(promise, units, NOW);
      expect(said?.word ?? null).toBe(word);
      if (date) expect(said).toMatchObject(most ? { day: date, units: most } : { day: date });
      if (from) expect(said).toMatchObject({ from });
      words.add(word);
    }
  }
  expect(words).toEqual(new Set(["by", "between", "at_most", "asap", "directly", null]));
});
