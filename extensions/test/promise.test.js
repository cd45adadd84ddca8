import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import vm from "node:vm";
import { gzipSync } from "node:zlib";

const assets = new URL("../promise-block/assets/", import.meta.url);
const locales = new URL("../promise-block/locales/", import.meta.url);

/** The element's class as a page would define it. What a document does with it is tested in a browser. */
async function defined() {
  const elements = new Map();
  const customElements = { get: (name) => elements.get(name), define: (name, made) => elements.set(name, made) };
  const context = vm.createContext({ customElements, HTMLElement: class {}, Intl, Date });
  const script = await readFile(new URL("promise.js", assets), "utf8");
  vm.runInContext(script, context);
  vm.runInContext(script, context); // a second block on the page must not throw
  return elements.get("promised-ship-date");
}

const { reading, sentence, company, limit, day, properties } = await defined().then((made) => ({
  reading: (...given) => ({ ...made.reading(...given) }),
  sentence: (...given) => made.sentence(...given),
  company: (...given) => made.company(...given),
  limit: (...given) => made.limit(...given),
  day: (...given) => made.day(...given),
  properties: (...given) => ({ ...made.properties(...given) }),
}));

const now = Date.parse("2026-11-20T09:00:00Z");
const promise = {
  v: 1,
  state: "backorder",
  ship_by: "2026-12-07",
  steps: [
    { units: 37, ship_by: "2026-12-07" },
    { units: 20, ship_by: "2026-12-21" },
  ],
  token: "what.proves-it",
  valid_until: "2026-11-23T00:00:00Z",
};
const words = { by: "Ships by [date].", at_most: "[units] at most: [date].", asap: "As it arrives.", soon: "soon" };

test("one unit gets the date of the first shipment", () => {
  assert.deepEqual(reading(promise, 1, now), { word: "by", date: "2026-12-07", promised: true });
});

test("the last unit of a shipment still gets its date, the next one the following shipment's", () => {
  assert.equal(reading(promise, 37, now).date, "2026-12-07");
  assert.equal(reading(promise, 38, now).date, "2026-12-21");
});

test("more units than all shipments bring get no promise, and hear how many could have one", () => {
  assert.deepEqual(reading(promise, 58, now), { word: "at_most", date: "2026-12-21", units: 57, promised: false });
  assert.equal(sentence(reading(promise, 58, now), words, "en"), "57 at most: December 21, 2026.");
  assert.deepEqual(properties(reading(promise, 58, now), promise, words, "en"), { day: "", iso: "", token: "" });
});

test("where the day is not sure a range is said, and its last day is the promise", () => {
  const range = { ...promise, steps: [{ units: 37, ship_by: "2026-12-07", range_from: "2026-12-02" }] };
  assert.deepEqual(reading(range, 1, now), {
    word: "between",
    from: "2026-12-02",
    date: "2026-12-07",
    promised: true,
  });
  const said = sentence(reading(range, 1, now), { between: "Ships between [from] and [date]." }, "en");
  assert.equal(said, "Ships between December 2, 2026 and December 7, 2026.");
  const days = { days: "between [from] and [date]", at_most: "[units] at most: [date]." };
  assert.equal(properties(reading(range, 1, now), range, days, "en").day, "between December 2, 2026 and December 7, 2026");
  assert.equal(properties(reading(range, 1, now), range, days, "en").iso, "2026-12-07");
  const most = sentence(reading(range, 38, now), days, "en");
  assert.equal(most, "37 at most: between December 2, 2026 and December 7, 2026.");
  const any = { ...range, steps: [], range_from: "2026-12-01" };
  assert.deepEqual(reading(any, 500, now), { word: "between", from: "2026-12-01", date: "2026-12-07", promised: true });
});

test("what is on the shelf ships at once, and whoever wants more hears the day of the rest", () => {
  const few = { ...promise, state: "in_stock", ship_by: null, free: 2 };
  assert.equal(reading(few, 2, now).word, null);
  assert.deepEqual(reading(few, 3, now), { word: "by", date: "2026-12-07", promised: true });
  assert.equal(reading(few, 39, now).date, "2026-12-07");
  assert.equal(reading(few, 40, now).date, "2026-12-21");
  assert.deepEqual(reading(few, 60, now), { word: "at_most", date: "2026-12-21", units: 59, promised: false });
  assert.equal(reading({ ...few, free: undefined }, 3, now).word, null);
});

test("without shipments the lead time's date serves any number", () => {
  assert.deepEqual(reading({ ...promise, steps: [] }, 500, now), { word: "by", date: "2026-12-07", promised: true });
  assert.equal(reading({ ...promise, steps: [], ship_by: null }, 1, now).word, null);
});

test("the cart gets the day in the shopper's words and in ours, and the token that proves it", () => {
  const sent = properties(reading(promise, 38, now), promise, words, "de");
  assert.deepEqual(sent, { day: "21. Dezember 2026", iso: "2026-12-21", token: "what.proves-it" });
});

test("how many one order or customer may have is said where there is a limit", () => {
  const spoken = { per_order: "At most [units] per order." };
  assert.equal(limit({ ...promise, per_order: 2 }, spoken), " At most 2 per order.");
  const both = { ...spoken, per_customer: "[units] per customer." };
  assert.equal(limit({ ...promise, per_order: 2, per_customer: 3 }, both), " At most 2 per order. 3 per customer.");
  assert.equal(limit(promise, spoken), "");
  assert.equal(limit(undefined, spoken), "");
});

test("a shop that sends everything together, or asks, says so beside the wait and nowhere else", () => {
  const said = { together: "Together by [date].", together_soon: "Together then.", ask: "You choose." };
  const together = { ...promise, mixed: "together" };
  const asap = { ...together, state: "asap", steps: [], ship_by: null };
  const few = { ...together, state: "in_stock", ship_by: null, free: 2 };
  assert.equal(company(reading(together, 38, now), together, said, "en"), " Together by December 21, 2026.");
  assert.equal(company(reading(asap, 1, now), asap, said, "en"), " Together then.");
  assert.equal(company(reading(together, 1, now), { ...promise, mixed: "ask" }, said, "en"), " You choose.");
  assert.equal(company(reading(promise, 1, now), promise, said, "en"), "");
  assert.equal(company(reading(few, 2, now), few, said, "en"), "", "both are there");
  assert.equal(company(reading(together, 58, now), together, said, "en"), "", "no day for so many");
});

test("as soon as possible is said, proved, and is no promise of a day", () => {
  const asap = { ...promise, state: "asap" };
  const sent = { ...asap, sent_directly: true };
  assert.deepEqual(reading(asap, 1, now), { word: "asap", promised: true });
  assert.deepEqual(reading(sent, 1, now), { word: "directly", promised: true });
  assert.equal(properties(reading(sent, 1, now), sent, { ...words, sent: "from there" }, "en").day, "from there");
  assert.deepEqual(properties(reading(asap, 1, now), asap, words, "en"), { day: "soon", iso: "", token: "what.proves-it" });
});

test("the page is silent when the promise has run out, to the second", () => {
  assert.equal(reading(promise, 1, Date.parse(promise.valid_until) - 1).word, "by");
  assert.equal(reading(promise, 1, Date.parse(promise.valid_until)).word, null);
});

for (const state of ["in_stock", "waitlist", "ended", "a state of next year"]) {
  test(`the page is silent when the variant is: ${state}`, () => {
    assert.equal(sentence(reading({ ...promise, state }, 1, now), words, "en"), "");
  });
}

test("nothing is read from a promise that is missing, of another version or without an end", () => {
  assert.equal(reading(undefined, 1, now).word, null);
  assert.equal(reading({ ...promise, v: 2 }, 1, now).word, null);
  assert.equal(reading({ ...promise, valid_until: null }, 1, now).word, null);
});

test("a day is the same day in every time zone, in the words of the shopper's language", () => {
  const before = process.env.TZ;
  for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"]) {
    process.env.TZ = zone;
    assert.equal(day("2026-12-07", "en"), "December 7, 2026");
  }
  process.env.TZ = before ?? "UTC";
  assert.equal(day("2026-12-07", "de"), "7. Dezember 2026");
  assert.equal(day("2026-12-07", "fr"), "7 décembre 2026");
  assert.equal(day("2026-12-07", "es"), "7 de diciembre de 2026");
  assert.equal(day("2026-12-07", "nl"), "7 december 2026");
  assert.equal(day("2026-12-07", "ja"), "2026年12月7日");
});

test("every language says every sentence, with the same places for day and units", async () => {
  const names = (await readdir(locales)).filter((name) => !name.includes(".schema."));
  assert.deepEqual(names.sort(), ["de.json", "en.default.json", "es.json", "fr.json", "ja.json", "nl.json"]);
  const said = await Promise.all(names.map(async (name) => JSON.parse(await readFile(new URL(name, locales), "utf8"))));
  const places = ({ ship_date: its }) =>
    Object.fromEntries(Object.entries(its).map(([key, text]) => [key, (text.match(/\{\{ \w+ \}\}/g) ?? []).sort()]));
  for (const one of said) assert.deepEqual(places(one), places(said[1]));
});

test("what a shopper's browser loads is at most 10 KB", async () => {
  const files = await readdir(assets);
  const sizes = await Promise.all(files.map(async (name) => gzipSync(await readFile(new URL(name, assets))).length));
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(whole <= 10_240, `${files.join(" and ")} are ${whole} bytes`);
});
