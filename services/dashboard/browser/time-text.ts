// Read by the server, which renders the pages, and by the browser, which keeps them up to date.

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * A length of time in its largest unit, rounded down: `now`, `5 s`, `12 min`, `3 h`, `4 d`. What lies ahead counts as
 * now.
 */
export const ageText = (ms: number): string => {
  if (ms < secondMs) return 'now';
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)} s`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`;
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)} h`;
  return `${Math.floor(ms / dayMs)} d`;
};

/** The same as part of a sentence: `just now`, `5 s ago`. */
export const agoText = (ms: number): string => (ms < secondMs ? 'just now' : `${ageText(ms)} ago`);

/** `2026-01-27 10:00:00`, UTC. @param atMs within the years 0 to 9999 */
export const timeText = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');

/** `10:00:00`, UTC. */
export const clockText = (atMs: number): string => timeText(atMs).slice(11);
