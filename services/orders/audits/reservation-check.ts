import { type Clock, sleep } from '@tickfolio/lib/clock';
import { canonical, formatDecimal, parseDecimal, subtract } from '@tickfolio/lib/money';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import { and, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import type { PortfolioClient } from '../portfolio/portfolio-client.js';
import type { KeptReservation } from '../portfolio/reservations.js';
import { erasingUsers, orders, sagas } from '../schema.js';
import type { InFlight, OrdersTally } from './check.js';
import { firstId, takenOf } from './order-check.js';

export interface ReservationCheckDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly portfolio: Pick<PortfolioClient, 'listReservations' | 'reservation'>;
}

const pageRows = 500;
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** What is younger may be on its way. */
const settleSeconds = 10;
/** A difference counts that is there still after so long. */
const secondLookMs = 10_000;
const maxSuspects = 1_000;

/** An order as it is held against what is kept for it. */
export interface OwnOrder {
  readonly id: string;
  readonly status: string;
  readonly step: string;
  readonly isYoung: boolean;
}

const isOpen = ({ status }: OwnOrder): boolean => status === 'NEW' || status === 'PARTIALLY_FILLED';
/** Nothing is being done for it, so what both sides have must agree. */
const isAtRest = ({ step, isYoung }: OwnOrder): boolean => !isYoung && (step === 'working' || step === 'done');

/** Orders with ids behind one, up to another. */
const ownBetween = async (
  { db, time }: Pick<ReservationCheckDeps, 'db' | 'time'>,
  after: string,
  to: string,
  ids?: readonly string[],
): Promise<readonly OwnOrder[]> => {
  const age = sql`make_interval(secs => ${settleSeconds})`;
  return db
    .select({
      id: orders.id,
      status: orders.status,
      step: sagas.step,
      isYoung: sql<boolean>`greatest(${orders.updatedAt}, ${sagas.updatedAt}) > ${time()} - ${age}`,
    })
    .from(orders)
    .innerJoin(sagas, eq(sagas.id, orders.id))
    .where(
      and(
        gt(orders.id, after),
        lte(orders.id, to),
        eq(orders.mode, 'paper'),
        sql`${orders.executionId} is null`,
        ids === undefined ? undefined : inArray(orders.id, [...ids]),
      ),
    );
};

/** What is wrong, in words. */
interface Fault {
  readonly name: 'A6' | 'A7';
  readonly kind: 'missing' | 'mismatch';
  readonly words: string;
}
/** Between an order and what is kept for it. */
export interface Difference extends Fault {
  readonly id: string;
  readonly own: OwnOrder | undefined;
  readonly kept: KeptReservation | undefined;
}

const faultOf = async (
  db: Database,
  own: OwnOrder | undefined,
  kept: KeptReservation | undefined,
): Promise<Fault | undefined> => {
  const state = kept?.state ?? 'unknown';
  if (!own)
    return kept?.state === 'held'
      ? {
          name: 'A6',
          kind: 'mismatch',
          words: `${kept.remaining} ${kept.asset} is kept for ${kept.id}, which is no order`,
        }
      : undefined;
  if (!isAtRest(own)) return undefined;
  if (isOpen(own) && state !== 'held')
    return {
      name: 'A6',
      kind: 'missing',
      words: `the order ${own.id} is ${own.status}, and its reservation is ${state}`,
    };
  if (own.step === 'done' && state === 'held')
    return {
      name: 'A6',
      kind: 'mismatch',
      words: `the order ${own.id} is ${own.status}, and something is kept for it`,
    };
  if (!kept || kept.state === 'refused' || kept.state === 'voided') {
    const taken = await takenOf(db, own.id);
    if (taken === '0') return undefined;
    const words = `the order ${own.id}: ${taken} was taken by its fills, and its reservation is ${state}`;
    return { name: 'A7', kind: 'missing', words };
  }
  const gone = subtract(parseDecimal(kept.amount), parseDecimal(kept.remaining));
  const booked = formatDecimal(subtract(gone, parseDecimal(kept.released)));
  const taken = await takenOf(db, own.id);
  return booked === taken
    ? undefined
    : {
        name: 'A7',
        kind: 'mismatch',
        words: `the order ${own.id}: ${taken} was taken by its fills, ${canonical(booked)} is booked`,
      };
};

/** Whether somebody is being erased, of whom things go piece by piece on both sides. */
const isErasing = async (db: Database): Promise<boolean> => {
  const rows = await db.select({ userId: erasingUsers.userId }).from(erasingUsers).limit(1);
  return rows.length > 0;
};

/** Pages of reservations: from behind an id on, so many of one round. */
export interface ReservationPages {
  readonly from: string;
  readonly maxPages: number;
  readonly signal?: AbortSignal;
}

/** All of them. */
export const allPages: ReservationPages = { from: firstId, maxPages: Number.MAX_SAFE_INTEGER };

/**
 * Holds open orders against what is kept in portfolio, both ways (A6), and what was booked there against fills (A7); a
 * page of ids after the other, and what differs a second time after a while.
 * @param looked told of each id, and whether it was passed over because something is being done for it
 * @returns what differs still, and behind which id the next round goes on
 */
export const findDifferences = async (
  deps: ReservationCheckDeps,
  looked: (isInFlight: boolean) => void,
  { from, maxPages, signal }: ReservationPages,
): Promise<{ readonly found: readonly Difference[]; readonly next: string }> => {
  const { db, clock, portfolio } = deps;
  const found: Difference[] = [];
  const suspects: string[] = [];
  let after = from;
  for (let page = 0; page < maxPages && signal?.aborted !== true; page++) {
    const { items, next } = await portfolio.listReservations(after === firstId ? '' : after, pageRows);
    const to = next === undefined ? lastId : (items.at(-1)?.id ?? lastId);
    const ours = await ownBetween(deps, after, to);
    const own = new Map(ours.map((order) => [order.id, order]));
    const kept = new Map(items.filter(({ kind }) => kind === 'order').map((one) => [one.id, one]));
    for (const id of new Set([...own.keys(), ...kept.keys()])) {
      const order = own.get(id);
      looked(order !== undefined && !isAtRest(order));
      if ((await faultOf(db, order, kept.get(id))) && suspects.length < maxSuspects) suspects.push(id);
    }
    after = next === undefined ? firstId : to;
    if (next === undefined) break;
  }
  if (suspects.length > 0 && signal?.aborted !== true) await sleep(clock, secondLookMs, signal);
  if (signal?.aborted === true || (suspects.length > 0 && (await isErasing(db)))) return { found, next: after };
  for (const id of suspects) {
    const [order] = await ownBetween(deps, firstId, lastId, [id]);
    const kept = await portfolio.reservation(id);
    const fault = await faultOf(db, order, kept);
    if (fault) found.push({ ...fault, id, own: order, kept });
  }
  return { found, next: after };
};

/** The same as it is told. @returns behind which id the next round goes on */
export const checkReservations = async (
  deps: ReservationCheckDeps,
  tally: OrdersTally,
  inFlight: InFlight,
  pages: ReservationPages,
): Promise<string> => {
  const looked = (isInFlight: boolean) => {
    tally.checked('A6');
    if (isInFlight) inFlight.add('A6', 1);
  };
  const { found, next } = await findDifferences(deps, looked, pages);
  for (const { name, kind, words } of found) tally.fault(name, kind, words);
  return next;
};
