import type { Clock } from '@tickfolio/lib/clock';
import { type Database, type DatabaseTime, inBackground } from '@tickfolio/lib/postgres';
import { createTally } from '@tickfolio/lib/tally';
import { sql } from 'drizzle-orm';
import type { PortfolioClient } from '../portfolio/portfolio-client.js';
import { checkNames, createInFlight, type InFlight, type OrdersFindings, type Scope } from './check.js';
import { checkOrders, firstId } from './order-check.js';
import { checkReservations } from './reservation-check.js';
import { checkSagas } from './saga-check.js';

/** All checks once. */
export interface Round {
  readonly scope: Scope;
  /** By the database's time, as it writes it. */
  readonly beganAt: string;
  readonly endedAt: string;
  readonly findings: OrdersFindings;
  readonly inFlight: InFlight;
  /** Behind which reservation the next one goes on. */
  readonly next: string;
}

export interface RoundDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly portfolio: Pick<PortfolioClient, 'listReservations' | 'reservation' | 'check'>;
}

export interface RoundPlan {
  readonly scope: Scope;
  /** Of `changed`: what was done before is left out, a time as the database writes it. */
  readonly since: string;
  /** Of `changed`: behind which reservation it begins. */
  readonly from?: string;
  /** Aborted where the round is to end early. */
  readonly signal?: AbortSignal;
}

/** Before everything. */
export const always = '-infinity';
/** Of 500 reservations each, in a round that is not of all. */
const pagesARound = 10;

const timeNow = async (db: Database, time: DatabaseTime): Promise<string> => {
  const [row] = await db.select({ now: sql<string>`${time()}::text` }).from(sql`(select 1) as one`);
  if (!row) throw new Error('the database says no time');
  return row.now;
};

/**
 * Compares orders with their fills and with what is kept for them, in statements of few rows, behind everything that
 * somebody waits for. @throws AppError unavailable where portfolio does not answer
 */
export const runRound = (
  { portfolio, ...deps }: RoundDeps,
  { scope, since: changedSince, from = firstId, signal }: RoundPlan,
): Promise<Round> =>
  inBackground(async () => {
    const { db, time } = deps;
    const since = scope === 'all' ? always : changedSince;
    const goOn = () => signal?.aborted !== true;
    const beganAt = await timeNow(db, time);
    const tally = createTally(checkNames);
    const inFlight = createInFlight();
    const answers = await portfolio.check().then(
      (fault) => fault === undefined,
      () => false,
    );
    await checkSagas(deps, tally, inFlight, answers);
    await checkOrders(db, tally, since, goOn);
    const pages = {
      from: scope === 'all' ? firstId : from,
      maxPages: scope === 'all' ? Number.MAX_SAFE_INTEGER : pagesARound,
    };
    const whole = { ...pages, ...(signal ? { signal } : {}) };
    const next =
      answers || scope === 'all' ? await checkReservations({ ...deps, portfolio }, tally, inFlight, whole) : pages.from;
    return { scope, beganAt, endedAt: await timeNow(db, time), findings: tally.findings, inFlight, next };
  });
