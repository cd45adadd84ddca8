import type { Day } from "./day.ts";

/** One sentence under a line. Units are whole pieces; `word` names the sentence in `locales/`. */
export type Said =
  | { word: "by"; day: Day }
  | { word: "some_by"; day: Day; units: number; of: number }
  | { word: "at_most"; day: Day; units: number }
  | { word: "asap" }
  | { word: "some_asap"; units: number; of: number }
  | { word: "earlier"; day: Day };
