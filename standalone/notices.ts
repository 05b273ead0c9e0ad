import type { Clock } from '@tickfolio/lib/clock';

interface LogLine {
  readonly level: number;
  readonly time: string;
  readonly service: string;
  readonly msg: string;
  readonly reason?: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
}

/** The same warning of the same service is told once in this time. */
const quietMs = 60_000;
/** How many different warnings are remembered. */
const maxRemembered = 500;
const fatalLevel = 60;

const severity = (level: number): string => (level >= 50 ? 'error' : 'warning');

/**
 * Log lines in words, for the person at the screen.
 * @param print shows one text
 * @returns takes the lines that a logger writes
 */
export const createNotices = (clock: Clock, print: (text: string) => void): ((line: string) => void) => {
  const told = new Map<string, { atMs: number; unsaid: number }>();
  return (line) => {
    const { level, time, service, msg, reason, err } = JSON.parse(line) as LogLine;
    const key = `${service} ${msg}`;
    const before = told.get(key);
    if (before && clock.monotonic() - before.atMs < quietMs) {
      before.unsaid++;
      return;
    }
    if (told.size >= maxRemembered) told.clear();
    told.set(key, { atMs: clock.monotonic(), unsaid: 0 });
    const why = reason ?? err?.message;
    const often = before?.unsaid ? ` (and ${before.unsaid} times more since it was told last)` : '';
    const at = new Date(time).toTimeString().slice(0, 8);
    print(`  ${at}  ${severity(level)}  ${service}: ${msg}${why === undefined ? '' : `: ${why}`}${often}`);
    if (level >= fatalLevel && err?.stack !== undefined) print(err.stack);
  };
};
