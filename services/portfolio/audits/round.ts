import { type Clock, sleep } from '@tickfolio/lib/clock';
import { type Database, type DatabaseTime, inBackground } from '@tickfolio/lib/postgres';
import { createTally } from '@tickfolio/lib/tally';
import { asc, gt, sql } from 'drizzle-orm';
import { portfolios } from '../schema.js';
import { type BooksFindings, checkNames, type Scope } from './check.js';
import type { KeptSums } from './kept-sums.js';
import { checkWatchlists } from './numbering.js';
import { checkPortfolio } from './portfolio-check.js';
import { checkPostings } from './posting-check.js';
import { checkReservations } from './reservation-check.js';
import { checkRules } from './rules-check.js';

/** All checks once. */
export interface Round {
  readonly scope: Scope;
  /** By the database's time, as it writes it. */
  readonly beganAt: string;
  readonly endedAt: string;
  readonly findings: BooksFindings;
}

export interface RoundDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly clock: Clock;
}

export interface RoundPlan {
  readonly scope: Scope;
  /** Of `changed`: what was done before is left out, a time as the database writes it. */
  readonly since: string;
  /** What the rounds before have read; absent: everything is read anew. */
  readonly kept?: KeptSums;
  /** Aborted where the round is to end early. */
  readonly signal?: AbortSignal;
}

/** Before everything. */
export const always = '-infinity';

const pagePortfolios = 200;
/** Between two pages, for other work. */
const pauseMs = 10;

const timeNow = async (db: Database, time: DatabaseTime): Promise<string> => {
  const [row] = await db.select({ now: sql<string>`${time()}::text` }).from(sql`(select 1) as one`);
  if (!row) throw new Error('the database says no time');
  return row.now;
};

/** Their ids, of one page. Of a transfer the other one changed too, as its entries say. */
const changedAfter = async (db: Database, since: string, after: string): Promise<readonly string[]> => {
  const changed = sql`(
    select portfolio_id as id from postings where created_at >= ${since}::timestamptz
    union select e.portfolio_id from postings p join entries e on e.posting_id = p.id
      where p.kind = 'transfer' and p.created_at >= ${since}::timestamptz and e.portfolio_id is not null
  ) changed`;
  const rows = await db
    .select({ id: sql<string>`changed.id` })
    .from(changed)
    .where(sql`changed.id > ${after}::uuid`)
    .orderBy(sql`changed.id`)
    .limit(pagePortfolios);
  return rows.map(({ id }) => id);
};

const allAfter = async (db: Database, after: string): Promise<readonly string[]> => {
  const { id } = portfolios;
  const rows = await db.select({ id }).from(portfolios).where(gt(id, after)).orderBy(asc(id)).limit(pagePortfolios);
  return rows.map((row) => row.id);
};

/**
 * Compares the books with themselves, in statements of at most 1,000 rows each, behind everything that somebody waits
 * for. Each figure is of one moment, so nothing that goes on meanwhile is taken for a fault.
 */
export const runRound = (
  { db, time, clock }: RoundDeps,
  { scope, since: from, kept, signal }: RoundPlan,
): Promise<Round> =>
  inBackground(async () => {
    const since = scope === 'all' ? always : from;
    const goOn = () => signal?.aborted !== true;
    const beganAt = await timeNow(db, time);
    const tally = createTally(checkNames);
    await checkRules(db, tally);
    await checkPostings(db, tally, since, goOn);
    await checkReservations(db, tally, since, goOn);
    if (scope === 'all') await checkWatchlists(db, tally, goOn);
    for (let after = '00000000-0000-0000-0000-000000000000'; goOn(); ) {
      const ids = scope === 'all' ? await allAfter(db, after) : await changedAfter(db, since, after);
      for (const id of ids) if (goOn()) await checkPortfolio(db, id, tally, kept);
      const last = ids.at(-1);
      if (last === undefined || ids.length < pagePortfolios) break;
      after = last;
      await sleep(clock, pauseMs, signal);
    }
    return { scope, beganAt, endedAt: await timeNow(db, time), findings: tally.findings };
  });
