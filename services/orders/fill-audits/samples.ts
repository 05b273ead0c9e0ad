import type { Clock } from '@tickfolio/lib/clock';
import { type Database, type DatabaseTime, fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { TradeHistory } from '../market/socket-client.js';
import type { SymbolRulesSource } from '../market/symbol-rules-source.js';
import { orders } from '../schema.js';
import { createFillAudit } from './fill-audit.js';
import { readStoredFills } from './stored-fills.js';

export interface FillSamplesDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly history: Pick<TradeHistory, 'trades'>;
  readonly symbols: Pick<SymbolRulesSource, 'simulated'>;
}

const periodMs = 3_600_000;
const sampleRows = 20;
/** Of longer ones only the trades that their fills name are looked at. */
const maxTrades = 5_000;

/** Holds some of the orders that ended in the last hour against public trades, once an hour (A12). */
export const startFillSamples = (deps: FillSamplesDeps): { close(): Promise<void> } => {
  const { db, time, clock, log, metrics, history, symbols } = deps;
  const stop = new AbortController();
  const audit = createFillAudit({ history });
  const audited = metrics.counter<'outcome'>({
    name: 'fill_audits_total',
    help: 'Orders that were filled again from public trades, by what came of it: right, wrong, unknown',
    labelNames: ['outcome'],
  });
  // Of one that only appears with the first wrong order nobody could see that it grew.
  for (const outcome of ['right', 'wrong', 'unknown']) audited.inc({ outcome }, 0);
  const look = async (orderId: string) => {
    try {
      const stored = await readStoredFills(db, orderId);
      if (!stored) return;
      const { differences } = await audit(stored, maxTrades, stop.signal);
      audited.inc({ outcome: differences.length === 0 ? 'right' : 'wrong' });
      if (differences.length > 0)
        log.error({ orderId, differences: differences.slice(0, 10) }, 'an order was not filled as public trades say');
    } catch (err) {
      audited.inc({ outcome: 'unknown' });
      if (!stop.signal.aborted)
        log.warn({ err: fromPostgresError(err), orderId }, 'an order could not be filled again');
    }
  };
  const sample = async () => {
    const { simulated } = symbols;
    // The exchange's history has trades of the one kind only.
    if (simulated === undefined) return;
    const isOf = and(
      inArray(orders.status, ['FILLED', 'CANCELED', 'EXPIRED']),
      eq(orders.mode, 'paper'),
      eq(orders.simulated, simulated),
      isNotNull(orders.acceptedAfterTrade),
      sql`${orders.endedAt} > ${time()} - make_interval(secs => ${periodMs / 1_000})`,
    );
    const some = await db.select({ id: orders.id }).from(orders).where(isOf).orderBy(sql`random()`).limit(sampleRows);
    for (const { id } of some) if (!stop.signal.aborted) await look(id);
  };
  let running: Promise<void> | undefined;
  const timer = clock.every(periodMs, () => {
    running ??= inBackground(sample)
      .catch((err: unknown) => log.warn({ err: fromPostgresError(err) }, 'no orders could be picked to fill again'))
      .finally(() => {
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
