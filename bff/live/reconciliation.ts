import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '@tickfolio/lib/clock';
import { inBackground } from '@tickfolio/lib/postgres';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { AuthClient } from '../accounts/auth-client.js';
import type { Views } from '../holdings/views.js';
import type { LivePortfolios } from './live-portfolios.js';

export interface ReconciliationDeps {
  readonly portfolios: Pick<Views, 'marks'>;
  readonly live: Pick<LivePortfolios, 'shown' | 'reread'>;
  readonly auth: Pick<AuthClient, 'endedSessions'>;
  /** Whether a session is known here to have ended. */
  readonly hasEnded: (sessionId: string) => boolean;
  /** Called for a session that was not. */
  readonly foundEnded: (sessionId: string) => void;
  /** Called where the auth service has another copy of its database than before, and at first; with whether it is another. */
  readonly authRestored: (isAnother: boolean) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface ReconciliationOptions {
  /** Between two rounds. Default 20 000. */
  readonly periodMs?: number;
  /** How many marks one query reads. Default 1 000. */
  readonly pageSize?: number;
}

/** What ended before this process came is soon known. */
const firstMs = 2_000;
/** Pages of ended sessions in one round; what is left is asked for in the next. */
const maxPages = 100;

/**
 * Finds what notices missed: they are sent at most once, and a connection that breaks takes some along. Every now and
 * then the marks of what is shown are compared with the database, and the auth service is asked which sessions ended
 * since.
 */
export const startReconciliation = (
  deps: ReconciliationDeps,
  options: ReconciliationOptions = {},
): { close(): void } => {
  const { portfolios, live, auth, hasEnded, foundEnded, authRestored, clock, log, metrics } = deps;
  const { periodMs = 20_000, pageSize = 1_000 } = options;
  const missed = metrics.counter<'kind'>({
    name: 'notices_missed_total',
    help: 'Changed portfolios and ended sessions that no notice told of, found by comparing',
    labelNames: ['kind'],
  });
  /** Up to where ends of sessions are known, by the auth service's clock, and where a round stopped in the middle. */
  let sinceMs = 0;
  let cursor = '';
  let untilMs = 0;
  let knownEpoch = 0;
  const failing = new Set<string>();
  let timer: Timer | undefined;
  let closed = false;

  const comparePortfolios = async () => {
    const shown = live.shown();
    for (let from = 0; from < shown.length && !closed; from += pageSize) {
      const page = shown.slice(from, from + pageSize);
      const marks = await portfolios.marks(page.map(([key]) => key));
      const others = page.filter(([key, mark]) => (marks.get(key) ?? 0) !== mark);
      missed.inc({ kind: 'portfolio' }, others.length);
      for (const [key] of others) live.reread(key);
    }
  };
  const askForEnds = async () => {
    for (let page = 0; page < maxPages && !closed; page++) {
      const { sessionIds, next, asOfMs, epoch } = await auth.endedSessions(sinceMs, cursor, randomUUID());
      // One of before does not say it.
      if (epoch !== 0 && epoch !== knownEpoch) {
        const isAnother = knownEpoch !== 0;
        knownEpoch = epoch;
        authRestored(isAnother);
      }
      if (cursor === '') untilMs = asOfMs;
      const found = sessionIds.filter((sessionId) => !hasEnded(sessionId));
      // What the first asking finds ended before this process listened: no notice of it was missed.
      missed.inc({ kind: 'session' }, sinceMs === 0 ? 0 : found.length);
      for (const sessionId of found) foundEnded(sessionId);
      cursor = next;
      if (next !== '') continue;
      sinceMs = untilMs;
      return;
    }
  };
  /** What cannot be asked now is asked in the next round; said once. */
  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
      failing.delete(what);
    } catch (err) {
      if (!failing.has(what)) log.warn({ err }, `${what} cannot be asked for; trying again`);
      failing.add(what);
    }
  };
  const round = async () => {
    await Promise.all([attempt('the marks of portfolios', comparePortfolios), attempt('ends of sessions', askForEnds)]);
    if (!closed) timer = clock.after(periodMs, () => void inBackground(round));
  };
  timer = clock.after(Math.min(firstMs, periodMs), () => void inBackground(round));

  return {
    close: () => {
      closed = true;
      timer?.cancel();
    },
  };
};
