import type { Clock } from '@tickfolio/lib/clock';
import { type Database, type DatabaseTime, fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { audits } from '../postings/tables.js';
import { checkNames, type Findings, isRight, type Scope } from './check.js';
import { createKeptSums } from './kept-sums.js';
import { always, type Round, runRound } from './round.js';

export interface AuditsDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly clock: Clock;
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
  write: async ({ scope, beganAt, endedAt, findings }: Round) => {
    const at = { beganAt: sql`${beganAt}::timestamptz`, endedAt: sql`${endedAt}::timestamptz` };
    await db.insert(audits).values([...findings].map(([name, counts]) => ({ name, scope, ...at, ...counts })));
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

const createGauges = (metrics: Metrics) => {
  const gauge = (name: keyof Omit<Findings, 'found'>, help: string) =>
    metrics.gauge<'check' | 'scope'>({ name: `audit_${name}`, help, labelNames: ['check', 'scope'] });
  const gauges = {
    checked: gauge('checked', 'What the last audit of the books looked at, by its check'),
    missing: gauge('missing', 'What the last audit of the books did not find, by its check; 0 where they are right'),
    duplicate: gauge('duplicate', 'What the last audit of the books found twice, by its check; 0 where they are right'),
    mismatch: gauge(
      'mismatch',
      'What the last audit of the books found to differ, by its check; 0 where they are right',
    ),
  };
  const names = ['checked', 'missing', 'duplicate', 'mismatch'] as const;
  const rounds = metrics.gauge<'scope'>({
    name: 'audit_done_timestamp_seconds',
    help: 'When the last audit of the books ended',
    labelNames: ['scope'],
  });
  const period = metrics.gauge({ name: 'audit_interval_seconds', help: 'How long it is from one audit to the next' });
  return {
    set: ({ scope, findings }: Round) => {
      for (const [check, counts] of findings)
        for (const name of names) gauges[name].set({ check, scope }, counts[name]);
    },
    period: (periodMs: number) => period.set(periodMs / 1_000),
    done: (scope: Scope, atMs: number) => rounds.set({ scope }, atMs / 1_000),
  };
};

/**
 * Compares the books with themselves now and then: what changed, and once a day all of it. What it finds stands in
 * `audits` and in the gauges, and is logged. `close` ends a round early.
 */
export const startAudits = (deps: AuditsDeps, { periodMs }: AuditsOptions): { close(): Promise<void> } => {
  const { clock, log, metrics } = deps;
  const stop = new AbortController();
  const kept = createKeptSums();
  const reports = createReports(deps);
  const gauges = createGauges(metrics);
  gauges.period(periodMs);
  let running: Promise<void> | undefined;

  const audit = async (scope: Scope, since: string) => {
    const { signal } = stop;
    const round = await runRound(deps, scope === 'all' ? { scope, since, signal } : { scope, since, kept, signal });
    if (signal.aborted) return; // Of a round that did not end nobody knows what it would have found.
    await reports.write(round);
    gauges.set(round);
    gauges.done(scope, clock.now());
    for (const name of checkNames) {
      const findings = round.findings.get(name);
      if (findings && !isRight(findings)) log.error({ check: name, scope, ...findings }, 'the books are not right');
    }
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
        log.warn({ err: fromPostgresError(err) }, 'the books could not be audited; trying again later');
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
