/** A calendar day as the app writes it: "2026-12-12". It is no instant, and the same in every time zone. */
export type Day = string & { readonly day: unique symbol };

const WRITTEN = /^\d{4}-\d{2}-\d{2}$/;
const LAST_ON_EARTH = "T23:59:59-12:00";

/** The day that a value says; null for anything that is no day of the calendar, such as "2026-02-30". */
export function dayIn(value: unknown): Day | null {
  if (typeof value !== "string" || !WRITTEN.test(value)) return null;
  const noon = new Date(`${value}T12:00:00Z`);
  const real = !Number.isNaN(noon.getTime()) && noon.toISOString().startsWith(value);
  return real ? (value as Day) : null;
}

/** The day in the words of a language ("12. Dezember 2026"). Its noon in UTC keeps every time zone from moving it. */
export function inWords(day: Day, language: string): string {
  const format = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
  return format.format(new Date(`${day}T12:00:00Z`));
}

/** Whether the day has ended everywhere, at the instant `now` (milliseconds). */
export function isOver(day: Day, now: number): boolean {
  return Date.parse(day + LAST_ON_EARTH) < now;
}
