import { createClient } from './client.js';
import { idleClock, runtimeClock } from './clock.js';
import type { Tickfolio, TickfolioOptions } from './tickfolio.js';

export type * from './bodies.js';
export { type DecimalText, decimalText } from './decimal-text.js';
export type { Connection } from './live/connection.js';
export { LiveStopped } from './live/live-stopped.js';
export { isProblem, Problem } from './session/problem.js';
export type * from './tickfolio.js';

/**
 * A client of one server, for one user at a time.
 * @example
 * const t = tickfolio({ url: 'http://localhost:8080' });
 * await t.signIn('alice', 'correct horse battery');
 * for await (const frame of t.portfolio.live()) console.log(frame.TotalValue);
 */
export const tickfolio = (options: TickfolioOptions): Tickfolio =>
  createClient(options, { clock: runtimeClock, idleClock, random: Math.random });
