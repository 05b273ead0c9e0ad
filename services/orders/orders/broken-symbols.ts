import { type Clock, sleep } from '@tickfolio/lib/clock';
import { type Database, type DatabaseTime, fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { SymbolRulesSource } from '../market/symbol-rules-source.js';
import { expire } from '../saga/fills.js';
import { brokenSymbols, orders } from '../schema.js';
import type { OrderStore } from '../store/order-store.js';

export interface BrokenSymbolsDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly log: Logger;
  readonly symbols: SymbolRulesSource;
  readonly store: Pick<OrderStore, 'change'>;
  /** Something is due of these orders now. */
  readonly wake: (ids: Iterable<string>) => void;
}

/** How long a symbol has to be gone before its orders are ended. */
const goneHours = 24;
const pageRows = 500;
/** Between two pages, for other work. */
const pauseMs = 20;

/** Ends orders of symbols that the exchange has not traded for a day and does not expect to. */
export const startBrokenSymbols = (
  { db, time, clock, log, symbols, store, wake }: BrokenSymbolsDeps,
  { periodMs }: { readonly periodMs: number },
): { close(): Promise<void> } => {
  const stop = new AbortController();
  let running: Promise<void> | undefined;

  /** One that is not listed any more is gone too; of one that nobody knows yet nothing is said. */
  const isBroken = (symbol: string): boolean => {
    const rules = symbols.rules(symbol);
    return !rules || (rules.status === 'BREAK' && !rules.paused);
  };
  /** Those with orders at the prices of now; of others it is counted anew once their prices are back. */
  const note = async () => {
    if (symbols.simulated === undefined) return;
    const open = await db
      .selectDistinct({ symbol: orders.symbol })
      .from(orders)
      .where(and(inArray(orders.status, ['NEW', 'PARTIALLY_FILLED']), eq(orders.simulated, symbols.simulated)));
    const broken = open.map(({ symbol }) => symbol).filter(isBroken);
    if (broken.length > 0)
      await db
        .insert(brokenSymbols)
        .values(broken.map((symbol) => ({ symbol, since: time() })))
        .onConflictDoNothing();
    const noted = await db.select({ symbol: brokenSymbols.symbol }).from(brokenSymbols);
    const mended = noted.map(({ symbol }) => symbol).filter((symbol) => !broken.includes(symbol));
    if (mended.length > 0) await db.delete(brokenSymbols).where(inArray(brokenSymbols.symbol, mended));
  };
  const endOf = async (symbol: string) => {
    for (let after = '00000000-0000-0000-0000-000000000000'; !stop.signal.aborted; ) {
      const page = await db
        .select({ id: orders.id })
        .from(orders)
        .where(
          and(
            eq(orders.symbol, symbol),
            inArray(orders.status, ['NEW', 'PARTIALLY_FILLED']),
            eq(orders.simulated, symbols.simulated === true),
            gt(orders.id, after),
          ),
        )
        .orderBy(asc(orders.id))
        .limit(pageRows);
      for (const { id } of page) {
        await store.change(id, expire('symbol-gone'), { tape: true });
        wake([id]);
      }
      const last = page.at(-1);
      if (!last || page.length < pageRows) return;
      after = last.id;
      await sleep(clock, pauseMs, stop.signal);
    }
  };
  const look = async () => {
    try {
      await note();
      const gone = await db
        .select({ symbol: brokenSymbols.symbol })
        .from(brokenSymbols)
        .where(sql`${brokenSymbols.since} <= ${time()} - make_interval(hours => ${goneHours})`);
      for (const { symbol } of gone) {
        if (stop.signal.aborted) return;
        log.info({ symbol }, 'a symbol is gone for a day: its orders end');
        await endOf(symbol);
      }
    } catch (err) {
      log.warn({ err: fromPostgresError(err) }, 'it could not be looked for symbols that are gone; trying again later');
    }
  };
  const timer = clock.every(periodMs, () => {
    running ??= inBackground(look).finally(() => {
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
