import { fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import { createTallyGauges, isRight } from '@tickfolio/lib/tally';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { audits } from '../schema.js';
import { checkNames, type Scope } from './check.js';
import { firstId } from './order-check.js';
import { always, type Round, type RoundDeps, runRound } from './round.js';

export interface AuditsDeps extends RoundDeps {
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface AuditsOptions {
  /** How often what changed is looked at. */
  readonly periodMs: number;
}

const allEverySeconds = 86_400;
/** What committed late may have begun before the round before: a transaction takes 12 s at most. */
const overlapSeconds = 60;
const keepDays = 30;
const forgetRows = 1_000;

/** The rounds that were made, each check a row. */
const createReports = ({ db, time }: Pick<AuditsDeps, 'db' | 'time'>) => ({
  write: async ({ scope, beganAt, endedAt, findings, inFlight }: Round) => {
    const at = { beganAt: sql`${beganAt}::timestamptz`, endedAt: sql`${endedAt}::timestamptz` };
    const rows = [...findings].map(([name, counts]) => ({
      name,
      scope,
      ...at,
      ...counts,
      inFlight: inFlight.of(name),
    }));
    await db.insert(audits).values(rows);
  },
  /** When the newest began, and whether that was a day ago. */
  newest: async (scope: Scope) => {
    const [row] = await db
      .select({
        began: sql<string>`(${audits.beganAt} - make_interval(secs => ${overlapSeconds}))::text`,
        isOld: sql<boolean>`${audits.beganAt} <= ${time()} - make_interval(secs => ${allEverySeconds})`,
      })
      .from(audits)
      .where(eq(audits.scope, scope))
      .orderBy(desc(audits.beganAt))
      .limit(1);
    return row;
  },
  forget: async () => {
    const old = db
      .select({ id: audits.id })
      .from(audits)
      .where(sql`${audits.beganAt} < ${time()} - make_interval(days => ${keepDays})`)
      .orderBy(asc(audits.id))
      .limit(forgetRows);
    await db.delete(audits).where(inArray(audits.id, old));
  },
});

/**
 * Compares orders with their fills and with what is kept for them now and then: what changed, and once a day all of it.
 * What it finds stands in `audits` and in the gauges, and is logged. `close` ends a round early.
 */
export const startAudits = (deps: AuditsDeps, { periodMs }: AuditsOptions): { close(): Promise<void> } => {
  const { clock, log, metrics } = deps;
  const stop = new AbortController();
  const reports = createReports(deps);
  const gauges = createTallyGauges(metrics, 'orders');
  const inFlight = metrics.gauge<'check'>({
    name: 'audit_in_flight',
    help: 'What the last audit of orders passed over because it was being done, by its check',
    labelNames: ['check'],
  });
  gauges.period(periodMs);
  let running: Promise<void> | undefined;
  let from = firstId;

  const audit = async (scope: Scope, since: string) => {
    const { signal } = stop;
    const round = await runRound(deps, { scope, since, from, signal });
    if (signal.aborted) return; // Of a round that did not end nobody knows what it would have found.
    if (scope === 'changed') from = round.next;
    await reports.write(round);
    gauges.set(scope, round.findings);
    for (const name of checkNames) inFlight.set({ check: name }, round.inFlight.of(name));
    gauges.done(scope, clock.now());
    for (const [check, findings] of round.findings)
      if (!isRight(findings)) log.error({ check, scope, ...findings }, 'orders are not right');
  };
  const run = async () => {
    try {
      const [changed, all] = [await reports.newest('changed'), await reports.newest('all')];
      await audit('changed', changed?.began ?? always);
      if (stop.signal.aborted || all?.isOld === false) return;
      await audit('all', always);
      await reports.forget();
    } catch (err) {
      if (!stop.signal.aborted)
        log.warn({ err: fromPostgresError(err) }, 'orders could not be audited; trying again later');
    }
  };
  const timer = clock.every(periodMs, () => {
    running ??= inBackground(run).finally(() => {
      running = undefined;
    });
  });
  return {
    close: async () => {
      stop.abort();
      timer.cancel();
      await running;
    },
  };
};
