/**
 * How moments are written: all in one zone, that of who looks, with 12 or 24 hours as the language has them. Epoch
 * milliseconds.
 */
export interface Times {
  /** 2:05 PM, 14:05 */
  clock(atMs: number): string;
  /** 2:05:09 PM, 14:05:09 */
  seconds(atMs: number): string;
  /** Jan 27, 27. Jan. */
  day(atMs: number): string;
  /** Feb 2026 */
  month(atMs: number): string;
  /** 2026 */
  year(atMs: number): string;
  /** The time of day alone where it is today's, else with its day. @param nowMs decides what today is */
  near(atMs: number, nowMs: number): string;
  isSameDay(aMs: number, bMs: number): boolean;
  /** To the minute and with the zone's name: Jan 27, 2026, 2:05 PM EST */
  dated(atMs: number): string;
  /** Whole and with the zone's name, for who points at a time. */
  full(atMs: number): string;
  /** Of days that are cut at midnight UTC, wherever one looks; a whole one says so: Jan 27, 2026 (UTC) */
  readonly utc: { day(atMs: number): string; year(atMs: number): string; full(atMs: number): string };
  /** A date whose fields, as this computer reads them, are those of the zone that times are shown in. */
  wall(atMs: number): Date;
  /** How far local time is ahead of UTC at that moment, in milliseconds. */
  aheadMs(atMs: number): number;
}

/** As programs write a moment, not people: in UTC. */
export const isoOf = (atMs: number): string => new Date(atMs).toISOString();

/**
 * The browser's own variety of a language, which knows whether a day has two times twelve hours there.
 * @param language of the page, such as `en`
 * @param preferred by the browser, such as `en-GB`, best first
 */
export const localeOf = (language: string, preferred: readonly string[]): string =>
  preferred.find((locale) => locale === language || locale.startsWith(`${language}-`)) ?? language;

/** @param timeZone that of this computer where it is not said */
export const createTimes = (locale: string, timeZone?: string): Times => {
  const written = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, timeZone === undefined ? options : { timeZone, ...options });
    return (atMs: number) => format.format(atMs);
  };
  const { hour12 } = new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions();
  const hour = hour12 ? 'numeric' : '2-digit';
  const [minute, second] = ['2-digit', '2-digit'] as const;
  const date = { day: 'numeric', month: 'short' } as const;
  const clock = written({ hour, minute });
  const day = written(date);
  const dayAndClock = written({ ...date, hour, minute });
  const dayOf = written({ year: 'numeric', month: 'numeric', day: 'numeric' });
  const inUtc = (options: Intl.DateTimeFormatOptions) => written({ ...options, timeZone: 'UTC' });
  const isSameDay = (aMs: number, bMs: number) => dayOf(aMs) === dayOf(bMs);
  const fullUtc = inUtc({ ...date, year: 'numeric' });
  const fields = new Intl.DateTimeFormat('en', {
    ...(timeZone === undefined ? {} : { timeZone }),
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const aheadMs = (atMs: number) => {
    const part = Object.fromEntries(fields.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day: date = 1, hour: hours = 0, minute: minutes = 0, second: seconds = 0 } = part;
    return Date.UTC(year, month - 1, date, hours, minutes, seconds) - Math.floor(atMs / 1_000) * 1_000;
  };
  return {
    clock,
    seconds: written({ hour, minute, second }),
    day,
    month: written({ month: 'short', year: 'numeric' }),
    year: written({ year: 'numeric' }),
    near: (atMs, nowMs) => (isSameDay(atMs, nowMs) ? clock(atMs) : dayAndClock(atMs)),
    isSameDay,
    dated: written({ ...date, year: 'numeric', hour, minute, timeZoneName: 'short' }),
    full: written({ ...date, year: 'numeric', hour, minute, second, timeZoneName: 'short' }),
    utc: { day: inUtc(date), year: inUtc({ year: 'numeric' }), full: (atMs) => `${fullUtc(atMs)} (UTC)` },
    wall: (atMs) => {
      const at = new Date(atMs + aheadMs(atMs));
      const [year, month, date] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
      return new Date(year, month, date, at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds(), atMs % 1_000);
    },
    aheadMs,
  };
};
