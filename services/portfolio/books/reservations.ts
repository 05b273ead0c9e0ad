import type { AppError } from '@tickfolio/lib/errors';
import { type Decimal, formatDecimal, negate, parseDecimal, zero } from '@tickfolio/lib/money';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import { isLess, readPositive } from '../postings/amounts.js';
import { type Balance, findBalances, newBalance, soleBalance } from '../postings/balances.js';
import { hasRoomFor } from '../postings/brought.js';
import { type LockedPortfolio, lockPortfolio } from '../postings/locks.js';
import { readAsset, readId } from '../postings/names.js';
import { type Command, hashOf, idOfRelease, isSame } from '../postings/once.js';
import type { Post } from '../postings/posting.js';
import { archivedPortfolio, booksRefusal, gonePortfolio, tooLittle, tooMuch, wrongKind } from '../postings/refusal.js';
import { balances, postings, reservations } from '../postings/tables.js';
import type { Asked } from './asked.js';

/** So much of an asset, decimal text. */
export interface Amount {
  readonly asset: string;
  readonly amount: string;
}

export interface ReserveAsked extends Asked {
  /** Of the order or the execution. */
  readonly reservationId: string;
  readonly for: 'order' | 'execution';
  readonly asset: string;
  /** Decimal text above zero. */
  readonly amount: string;
  /** What its fills bring at most, for which room is kept. */
  readonly brings?: Amount | undefined;
}

export interface Reserved {
  /** Of the asset, afterwards. */
  readonly available: string;
  readonly reserved: string;
  /** Of the portfolio, after it. */
  readonly version: number;
}

export interface ReleaseAsked extends Pick<Asked, 'portfolioId' | 'requestId'> {
  readonly reservationId: string;
  /** A word in kebab-case. */
  readonly reason: string;
}

export interface Released {
  /** What became available again. */
  readonly released: string;
}

/**
 * What is kept for orders and executions. Each id is decided once, whatever is decided: a repeat gets the same answer
 * for ever, also where it was a refusal and there is enough by now. Another request under the id is told apart.
 */
export interface Reservations {
  /**
   * @throws AppError failed_precondition `insufficient-balance`, `archived`, `wrong-kind`, `quantity-too-large` where
   * there is no room for what it brings, or `already-voided` where it was released before; already_exists for another
   * request; not_found, `gone` where nobody has the portfolio any more
   */
  reserve(asked: ReserveAsked): Promise<Reserved>;
  /**
   * Gives back what is left. Of an id that nobody has reserved under yet it is a void: who comes for it later comes too
   * late. @throws AppError not_found `gone`; already_exists where the id is of another portfolio
   */
  release(asked: ReleaseAsked): Promise<Released>;
}

export interface ReservationsDeps {
  readonly command: Command;
  readonly post: Post;
  readonly time: DatabaseTime;
}

type Row = typeof reservations.$inferSelect;

/** An id that stands for another request already; nothing was changed. */
export const differentReservation = (field: string): AppError =>
  booksRefusal('already_exists', field, 'different-request', 'The id stands for another request already.');

export const findReservation = async (tx: Transaction, id: string): Promise<Row | undefined> =>
  (await tx.select().from(reservations).where(eq(reservations.id, id)))[0];

interface Refusal {
  readonly reason: 'insufficient-balance' | 'archived' | 'wrong-kind' | 'quantity-too-large';
  readonly available: string;
}
/** As it is kept, and said again. */
type Decision = Reserved | { readonly refused: Refusal };

const refusalOf = ({ reason, available }: Refusal, asset: string, amount: string): AppError => {
  switch (reason) {
    case 'insufficient-balance':
      return tooLittle('amount', asset, available, amount);
    case 'archived':
      return archivedPortfolio('portfolio_id');
    case 'wrong-kind':
      return wrongKind('portfolio_id', 'Orders need a portfolio of paper money.');
    case 'quantity-too-large':
      return tooMuch('brings');
  }
};

const none = new Uint8Array();

export interface Sum {
  readonly asset: string;
  readonly amount: Decimal;
}
/** @throws AppError invalid_argument */
export const readSum = ({ asset, amount }: Amount, field: string): Sum => ({
  asset: readAsset(asset, field),
  amount: readPositive(amount, field),
});

export const createReservations = ({ command, post, time }: ReservationsDeps): Reservations => {
  const judge = async (
    tx: Transaction,
    portfolio: LockedPortfolio,
    { available }: Balance,
    amount: Decimal,
    brings: Sum | undefined,
  ): Promise<Refusal['reason'] | undefined> => {
    if (portfolio.isArchived) return 'archived';
    if (portfolio.kind !== 'paper') return 'wrong-kind';
    if (isLess(available, amount)) return 'insufficient-balance';
    if (!brings) return undefined;
    const [held] = await findBalances(tx, portfolio, eq(balances.asset, brings.asset));
    const receiving = held ?? newBalance(portfolio.id, brings.asset, '');
    return (await hasRoomFor(tx, receiving, brings.amount)) ? undefined : 'quantity-too-large';
  };
  const decide = async (
    tx: Transaction,
    portfolio: LockedPortfolio,
    asked: Omit<ReserveAsked, 'brings'> & { readonly brings: Sum | undefined },
    requestHash: Uint8Array,
  ): Promise<Decision> => {
    const { reservationId: id, for: refType, asset, brings, requestId } = asked;
    const amount = parseDecimal(asked.amount);
    const balance = await soleBalance(tx, portfolio, asset, '');
    const reason = await judge(tx, portfolio, balance, amount, brings);
    const [state, remaining] = reason === undefined ? (['held', amount] as const) : (['refused', zero] as const);
    await tx.insert(reservations).values({
      id,
      portfolioId: portfolio.id,
      refType,
      asset,
      via: balance.via,
      amount: formatDecimal(amount),
      remaining: formatDecimal(remaining),
      released: '0',
      bringsAsset: brings?.asset ?? '',
      brings: formatDecimal(brings?.amount ?? zero),
      state,
      reason: reason ?? '',
      requestHash,
      createdAt: time(),
      updatedAt: time(),
    });
    const { available } = balance;
    const ref = { type: refType, id };
    const about = { id, kind: 'reserve', ref, requestHash, requestId, portfolio, field: 'amount' } as const;
    if (reason !== undefined) {
      const refused = { reservationId: id, asset, amount, available, reason };
      return post(tx, { ...about, moves: [], refused }, () => ({
        refused: { reason, available: formatDecimal(available) },
      }));
    }
    const said = { type: 'balance.reserved', reservationId: id, amount, remaining: amount } as const;
    const move = { balance, available: negate(amount), reserved: amount, said };
    return post(tx, { ...about, moves: [move] }, ({ moved, versionOf }) => {
      const after = moved[0]?.balance ?? balance;
      const amounts = { available: formatDecimal(after.available), reserved: formatDecimal(after.reserved) };
      return { ...amounts, version: versionOf(portfolio) };
    });
  };
  const decidedBefore = async (tx: Transaction, row: Row, requestHash: Uint8Array): Promise<Decision> => {
    if (row.state === 'voided')
      throw booksRefusal(
        'failed_precondition',
        'reservation_id',
        'already-voided',
        'It was released before it was reserved, so nothing is kept for it any more.',
      );
    if (!isSame(row.requestHash, requestHash)) throw differentReservation('reservation_id');
    const [found] = await tx.select({ result: postings.result }).from(postings).where(eq(postings.id, row.id));
    if (!found) throw new Error('a reservation has no posting');
    return found.result as Decision;
  };

  const release = async (tx: Transaction, portfolio: LockedPortfolio, row: Row, asked: ReleaseAsked) => {
    const { requestId, reason } = asked;
    const { id, asset, via } = row;
    const remaining = parseDecimal(row.remaining);
    const [balance] = await findBalances(tx, portfolio, eq(balances.asset, asset));
    if (balance?.via !== via) throw new Error('what is reserved is not there');
    const released = formatDecimal(remaining);
    await tx
      .update(reservations)
      .set({ state: 'closed', remaining: '0', released, reason, updatedAt: time() })
      .where(eq(reservations.id, id));
    const said = { type: 'balance.released', reservationId: id, amount: remaining, remaining: zero } as const;
    const move = { balance, available: remaining, reserved: negate(remaining), said };
    const ref = { type: row.refType, id };
    const about = { id: idOfRelease(id), kind: 'release', ref, requestHash: none, requestId, field: 'amount' } as const;
    return post(tx, { ...about, portfolio, moves: [move] }, () => ({ released }));
  };

  return {
    reserve: async (asked) => {
      const { portfolioId, userId } = asked;
      const reservationId = readId(asked.reservationId, 'reservation_id');
      const asset = readAsset(asked.asset, 'asset');
      const amount = formatDecimal(readPositive(asked.amount, 'amount'));
      const brings = asked.brings && readSum(asked.brings, 'brings');
      // Not what it brings: a repeat may know less of that.
      const requestHash = hashOf('reserve', portfolioId.toLowerCase(), userId, asked.for, asset, amount);
      const decision = await command(portfolioId, async (tx) => {
        const portfolio = await lockPortfolio(tx, time, portfolioId);
        // Somebody else's is as if it were not there.
        if (portfolio?.userId !== userId) throw gonePortfolio();
        const row = await findReservation(tx, reservationId);
        if (row) return decidedBefore(tx, row, requestHash);
        return decide(tx, portfolio, { ...asked, reservationId, asset, amount, brings }, requestHash);
      });
      if ('refused' in decision) throw refusalOf(decision.refused, asset, amount);
      return decision;
    },
    release: async (asked) => {
      const id = readId(asked.reservationId, 'reservation_id');
      return command(asked.portfolioId, async (tx) => {
        const portfolio = await lockPortfolio(tx, time, asked.portfolioId);
        if (!portfolio) throw gonePortfolio();
        const row = await findReservation(tx, id);
        if (row && row.portfolioId !== portfolio.id) throw differentReservation('reservation_id');
        if (row?.state === 'held') return release(tx, portfolio, row, asked);
        if (row) return { released: formatDecimal(parseDecimal(row.released)) };
        await tx.insert(reservations).values({
          id,
          portfolioId: portfolio.id,
          refType: 'order',
          asset: '',
          via: '',
          amount: '0',
          remaining: '0',
          released: '0',
          state: 'voided',
          reason: asked.reason,
          requestHash: none,
          createdAt: time(),
          updatedAt: time(),
        });
        return { released: '0' };
      });
    },
  };
};
