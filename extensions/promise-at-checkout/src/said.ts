import type { Day } from "./day.ts";

/** The day that is promised. Where a range is told, it is the last one, and `from` the first. */
export interface Days {
  day: Day;
  from?: Day | null;
}

/** One sentence under a line. Units are whole pieces; `word` names the sentence in `locales/`. */
export type Said =
  | ({ word: "by" } & Days)
  | { word: "between"; day: Day; from: Day }
  | ({ word: "some_by"; units: number; of: number } & Days)
  | { word: "some_between"; day: Day; from: Day; units: number; of: number }
  | ({ word: "at_most"; units: number } & Days)
  | { word: "asap" | "directly" }
  | { word: "some_asap" | "some_directly"; units: number; of: number }
  | ({ word: "earlier" | "on_product_page" } & Days);
