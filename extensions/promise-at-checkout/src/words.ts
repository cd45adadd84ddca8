import de from "../locales/de.json";
import en from "../locales/en.default.json";
import es from "../locales/es.json";
import fr from "../locales/fr.json";
import ja from "../locales/ja.json";
import nl from "../locales/nl.json";
import { inWords } from "./day.ts";
import type { Days, Said } from "./said.ts";

type Words = typeof en;

// Shopify's own translate() is not there on the order status page, so that every page takes the words from here.
const WORDS: Readonly<Record<string, Words>> = { en, de, es, fr, ja, nl };

/** The language to speak to a buyer: theirs with its region, where we have words for it, else the nearest we have. */
export function spoken(buyers: unknown, extensions: unknown): string {
  for (const language of [buyers, extensions]) {
    if (typeof language === "string" && base(language) in WORDS && isLanguage(language)) return language;
  }
  return "en";
}

/** One sentence in a language that `spoken` gave. */
export function sentence(said: Said, language: string): string {
  const words = WORDS[base(language)] ?? en;
  const form = words.line[said.word];
  const text = typeof form === "string" ? form : form[plural(said, language)];
  return filled(text, { ...said, ...("day" in said ? dates(said, words, language) : {}) });
}

/** The day in words; the two of a range where the sentence has places for both, else as one. */
function dates(said: Days & { word: string }, words: Words, language: string): Record<string, string> {
  const date = inWords(said.day, language);
  if (!said.from) return { date };
  const both = { from: inWords(said.from, language), date };
  return said.word.endsWith("between") ? both : { date: filled(words.line.days, both) };
}

function filled(text: string, values: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{\{ (\w+) \}\}/g, (_, name: string) => String(values[name] ?? ""));
}

function plural(said: Said, language: string): "one" | "other" {
  const units = "units" in said ? said.units : 0;
  return new Intl.PluralRules(language).select(units) === "one" ? "one" : "other";
}

function base(language: string): string {
  return language.toLowerCase().split(/[-_]/)[0] ?? "";
}

function isLanguage(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length === 1;
  } catch {
    return false;
  }
}
