import type { Clock } from '@tickfolio/lib/clock';

interface LogLine {
  readonly level: number;
  readonly time: string;
  readonly service: string;
  readonly msg: string;
  readonly reason?: string;
  readonly why?: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
  /** Of how many cases this line is one, where it stands for several. */
  readonly times?: number;
  readonly [fact: string]: unknown;
}

/** The same warning of the same service about the same thing is told once in this time, as long as it goes on. */
const quietMs = 60_000;
/** What was not heard of for this long has begun anew, and is told again: a disk that is full a second time. */
const pauseMs = 15_000;
/** About so many different things one warning is told in that time; the rest are counted. */
const maxThings = 5;
/** How many different warnings are remembered. */
const maxRemembered = 500;
const maxFacts = 6;
const maxFactLength = 120;
const fatalLevel = 60;

const severity = (level: number): string => (level >= 50 ? 'error' : 'warning');

/** What a line says otherwise, and what is for machines: ids that join lines, and times to the millisecond. */
const untold = /^(level|time|service|msg|reason|why|err|times|pid|hostname|requestId|reqId|trace_id|span_id)$|Ms$/;
const textOf = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return value.slice(0, maxFacts).map(textOf).join(' ');
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value).slice(0, maxFactLength) : undefined;
};

/** What a line is about: its symbol, its stream, its address … */
const factsOf = (line: LogLine): (readonly [string, string])[] =>
  Object.entries(line)
    .flatMap(([name, value]) => {
      const text = untold.test(name) ? undefined : textOf(value);
      return text ? [[name, text] as const] : [];
    })
    .slice(0, maxFacts);

/**
 * Log lines in words, for the person at the screen.
 * @param print shows one text
 * @returns takes the lines that a logger writes
 */
export const createNotices = (clock: Clock, print: (text: string) => void): ((line: string) => void) => {
  const told = new Map<string, { atMs: number; heardMs: number; unsaid: number }>();
  const warnings = new Map<string, { sinceMs: number; things: number; unsaid: number }>();
  /**
   * @param thing what the warning is about @returns how many cases were not told, or undefined where this one is not
   * told either
   */
  const turn = (warning: string, thing: string, cases: number): number | undefined => {
    const nowMs = clock.monotonic();
    const key = `${warning} ${thing}`;
    const before = told.get(key);
    if (before && nowMs - before.atMs < quietMs && nowMs - before.heardMs < pauseMs) {
      before.heardMs = nowMs;
      before.unsaid += cases;
      return undefined;
    }
    if (told.size >= maxRemembered) told.clear();
    if (warnings.size >= maxRemembered) warnings.clear();
    const of = warnings.get(warning) ?? { sinceMs: nowMs, things: 0, unsaid: 0 };
    warnings.set(warning, of);
    if (nowMs - of.sinceMs >= quietMs) Object.assign(of, { sinceMs: nowMs, things: 0 });
    if (of.things >= maxThings) {
      of.unsaid += cases;
      return undefined;
    }
    const unsaid = (before?.unsaid ?? 0) + of.unsaid + cases - 1;
    of.things += 1;
    of.unsaid = 0;
    told.set(key, { atMs: nowMs, heardMs: nowMs, unsaid: 0 });
    return unsaid;
  };
  return (text) => {
    const line = JSON.parse(text) as LogLine;
    const { level, time, service, msg, reason, why, err, times = 1 } = line;
    // Counts differ from case to case; it is texts that name a thing.
    const things = Object.entries(line).flatMap(([name, value]) =>
      typeof value === 'string' && !untold.test(name) ? [value] : [],
    );
    const unsaid = turn(`${service} ${msg}`, things.join(' '), times);
    if (unsaid === undefined) return;
    const cause = reason ?? why ?? err?.message;
    const facts = factsOf(line).map((fact) => fact.join(' '));
    const about = facts.length > 0 ? ` (${facts.join(', ')})` : '';
    const often = unsaid > 0 ? ` (and ${unsaid} times more since it was told last)` : '';
    const at = new Date(time).toTimeString().slice(0, 8);
    print(
      `  ${at}  ${severity(level)}  ${service}: ${msg.replace(/\.$/, '')}${about}${cause === undefined ? '' : `: ${cause}`}${often}`,
    );
    if (level >= fatalLevel && err?.stack !== undefined) print(err.stack);
  };
};
