import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Said } from "../src/said.ts";
import { sentence, spoken } from "../src/words.ts";
import { between, by, day, earlier, onProductPage } from "./cast.ts";

const folder = path.join(import.meta.dirname, "..", "locales");
const languages = readdirSync(folder).map((file) => file.split(".")[0] ?? "");
const everything: Said[] = [
  by("2026-12-12"),
  { word: "some_by", day: day("2026-12-12"), units: 1, of: 5 },
  { word: "some_by", day: day("2026-12-12"), units: 2, of: 5 },
  between("2026-12-08", "2026-12-12"),
  { word: "some_between", from: day("2026-12-08"), day: day("2026-12-12"), units: 1, of: 5 },
  { word: "at_most", day: day("2026-12-12"), units: 57 },
  { word: "asap" },
  { word: "some_asap", units: 1, of: 5 },
  { word: "some_asap", units: 2, of: 5 },
  { word: "directly" },
  { word: "some_directly", units: 1, of: 5 },
  { word: "some_directly", units: 2, of: 5 },
  earlier("2026-12-12"),
  onProductPage("2026-12-12"),
  { word: "earlier", from: day("2026-12-08"), day: day("2026-12-12") },
];

test.each([
  ["en", "Ships by December 12, 2026"],
  ["en-GB", "Ships by 12 December 2026"],
  ["de", "Versand bis 12. Dezember 2026"],
  ["fr-CA", "Expédié au plus tard le 12 décembre 2026"],
  ["es", "Se envía a más tardar el 12 de diciembre de 2026"],
  ["nl", "Verzending uiterlijk 12 december 2026"],
  ["ja", "2026年12月12日までに発送します"],
])("a buyer who reads %s reads: %s", (language, expected) => {
  expect(sentence(by("2026-12-12"), language)).toBe(expected);
});

test.each([
  ["en", "Ships between December 8, 2026 and December 12, 2026"],
  ["de-AT", "Versand zwischen 8. Dezember 2026 und 12. Dezember 2026"],
  ["ja", "2026年12月8日から2026年12月12日までに発送します"],
])("a buyer who reads %s reads of a range: %s", (language, expected) => {
  expect(sentence(between("2026-12-08", "2026-12-12"), language)).toBe(expected);
});

test("a range stands where a day can stand", () => {
  const earlier: Said = { word: "earlier", from: day("2026-12-08"), day: day("2026-12-12") };
  expect(sentence(earlier, "en")).toBe("Earlier promised: between December 8, 2026 and December 12, 2026");
});

test("a day is the same day in every time zone", () => {
  const before = process.env["TZ"];
  for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
    process.env["TZ"] = zone;
    expect(sentence(by("2026-12-12"), "en")).toBe("Ships by December 12, 2026");
  }
  process.env["TZ"] = before ?? "UTC";
});

test("every sentence is there in every language, whole, and says its day and its counts", () => {
  expect(languages.sort()).toEqual(["de", "en", "es", "fr", "ja", "nl"]);
  const english = everything.map((said) => sentence(said, "en"));
  for (const language of languages) {
    for (const [index, said] of everything.entries()) {
      const text = sentence(said, language);
      expect(text).not.toMatch(/[{}]|undefined/);
      if (language !== "en") expect(text).not.toBe(english[index]);
      if ("day" in said) expect(text).toContain("2026");
      if ("units" in said) expect(text).toContain(String(said.units));
      if ("of" in said) expect(text).toContain(String(said.of));
    }
  }
});

test("one piece waits, two wait", () => {
  expect(everything.map((said) => sentence(said, "en")).slice(1, 3)).toEqual([
    "1 of 5 waits and ships by December 12, 2026",
    "2 of 5 wait and ship by December 12, 2026",
  ]);
});

test("a buyer is spoken to in their language, else in the nearest that there is, else in English", () => {
  expect(spoken("de-AT", "de")).toBe("de-AT");
  expect(spoken("pl", "en")).toBe("en");
  expect(spoken("pl", "fr")).toBe("fr");
  expect(spoken(undefined, undefined)).toBe("en");
  expect(spoken("de_nonsense_at_all_!", 7)).toBe("en");
  expect(spoken("constructor", "__proto__")).toBe("en");
});
