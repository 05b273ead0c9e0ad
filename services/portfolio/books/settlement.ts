import { add, type Decimal, formatDecimal, isZero, negate, parseDecimal, subtract, zero } from '@tickfolio/lib/money';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { eq, inArray } from 'drizzle-orm';
import { isLess, isNegative, readFee } from '../postings/amounts.js';
import { type Balance, findBalances, soleBalance } from '../postings/balances.js';
import { type LockedPortfolio, lockPortfolio } from '../postings/locks.js';
import type { Move } from '../postings/moves.js';
import { readAsset, readId, readVia } from '../postings/names.js';
import { type Command, findAnswer, hashOf } from '../postings/once.js';
import type { Post } from '../postings/posting.js';
import { booksRefusal, gonePortfolio, tooLittle, unknownReservation } from '../postings/refusal.js';
import { balances, reservations } from '../postings/tables.js';
import { type Amount, differentReservation, findReservation, readSum, type Sum } from './reservations.js';

export interface SettleAsked {
  /** By which it is done once. */
  readonly fillId: string;
  readonly reservationId: string;
  /** Whose reservation it is. */
  readonly portfolioId: string;
  /** Out of what is reserved. */
  readonly take: Amount;
  /** What comes for it, with the symbol by which it is valued where nothing is known of the asset. */
  readonly give: Amount & { readonly via: string };
  /** Of which the first is charged that can be paid; empty for no fee. */
  readonly fees: readonly Amount[];
  /** Of the call; empty for none. */
  readonly requestId: string;
}

export interface Settled {
  /** Of the reservation, afterwards. */
  readonly remaining: string;
  /** Undefined where none was asked for. */
  readonly fee?: Amount;
  /** Of the portfolio, after it. */
  readonly version: number;
}

/**
 * Books a fill against what was reserved for it: takes, gives and charges the fee, all of it or nothing.
 * @throws AppError failed_precondition, which says that somebody's figures are wrong: `wrong-state` where the
 * reservation is over, `exceeds-reservation`, `insufficient-balance` where no fee can be paid; already_exists for another
 * request under the id; not_found, `gone` where nobody has the portfolio any more
 */
export type Settle = (asked: SettleAsked) => Promise<Settled>;

export interface SettleDeps {
  readonly command: Command;
  readonly post: Post;
  readonly time: DatabaseTime;
}

const textOf = ({ asset, amount }: Sum): Amount => ({ asset, amount: formatDecimal(amount) });

const wrongState = (state: string) =>
  booksRefusal(
    'failed_precondition',
    'reservation_id',
    'wrong-state',
    `The reservation is ${state}, so nothing can be taken from it.`,
    { state },
  );

/** What may come yet: what came of it is there now. */
const bringsAfter = ({ brings, bringsAsset }: typeof reservations.$inferSelect, give: Sum): string => {
  const left = subtract(parseDecimal(brings), give.amount);
  if (bringsAsset !== give.asset) return brings;
  return isNegative(left) ? '0' : formatDecimal(left);
};

export const createSettle = ({ command, post, time }: SettleDeps): Settle => {
  /** What is left of the reservation after it. */
  const takeFrom = async (
    tx: Transaction,
    portfolio: LockedPortfolio,
    reservationId: string,
    take: Sum,
    give: Sum,
  ): Promise<{ readonly remaining: Decimal; readonly refType: string }> => {
    const row = await findReservation(tx, reservationId);
    if (!row) throw unknownReservation();
    if (row.portfolioId !== portfolio.id) throw differentReservation('reservation_id');
    if (row.state !== 'held') throw wrongState(row.state);
    const remaining = subtract(parseDecimal(row.remaining), take.amount);
    if (row.asset !== take.asset || isNegative(remaining)) {
      const left = formatDecimal(parseDecimal(row.remaining));
      throw booksRefusal(
        'failed_precondition',
        'take',
        'exceeds-reservation',
        `${left} ${row.asset} is reserved; ${formatDecimal(take.amount)} ${take.asset} cannot be taken from it.`,
        { asset: row.asset, remaining: left, needed: formatDecimal(take.amount) },
      );
    }
    const state = isZero(remaining) ? ({ state: 'closed', reason: 'settled' } as const) : {};
    await tx
      .update(reservations)
      .set({ ...state, remaining: formatDecimal(remaining), brings: bringsAfter(row, give), updatedAt: time() })
      .where(eq(reservations.id, reservationId));
    return { remaining, refType: row.refType };
  };
  /** The first fee that can be paid out of what is available once the fill is in. */
  const chosenFee = (fees: readonly Sum[], availableOf: (asset: string) => Decimal): Sum | undefined => {
    const paid = fees.find(({ asset, amount }) => !isLess(availableOf(asset), amount));
    const last = fees.at(-1);
    if (paid || !last) return paid;
    throw tooLittle('fees', last.asset, formatDecimal(availableOf(last.asset)), formatDecimal(last.amount));
  };

  return async ({ portfolioId, requestId, ...asked }) => {
    const fillId = readId(asked.fillId, 'fill_id');
    const reservationId = readId(asked.reservationId, 'reservation_id');
    const [take, give] = [readSum(asked.take, 'take'), readSum(asked.give, 'give')];
    const via = readVia(asked.give.via, 'give');
    const fees = asked.fees.map(({ asset, amount }) => ({
      asset: readAsset(asset, 'fees'),
      amount: readFee(amount, 'fees'),
    }));
    const texts = [take, give, ...fees].map(textOf).flatMap(({ asset, amount }) => [asset, amount]);
    const requestHash = hashOf('settle', reservationId, via, texts);

    return command(portfolioId, async (tx) => {
      const portfolio = await lockPortfolio(tx, time, portfolioId);
      if (!portfolio) throw gonePortfolio();
      const before = await findAnswer<Settled>(tx, fillId, requestHash, () => differentReservation('fill_id'));
      if (before) return before;
      const { remaining, refType } = await takeFrom(tx, portfolio, reservationId, take, give);

      const names = [...new Set([take, ...fees].map(({ asset }) => asset))];
      const held = await findBalances(tx, portfolio, inArray(balances.asset, names));
      const received = await soleBalance(tx, portfolio, give.asset, via);
      const heldOf = (asset: string): Balance | undefined =>
        asset === give.asset ? received : held.find((one) => one.asset === asset);
      const source = heldOf(take.asset);
      if (!source) throw new Error('what is reserved is not there');
      const fee = chosenFee(fees, (asset) => {
        const available = heldOf(asset)?.available ?? zero;
        return asset === give.asset ? add(available, give.amount) : available;
      });

      const said = (reason: 'fill' | 'fee') => ({ type: 'balance.updated', reason }) as const;
      const charged = fee && heldOf(fee.asset);
      const moves: Move[] = [
        { balance: source, available: zero, reserved: negate(take.amount), against: 'market', said: said('fill') },
        { balance: received, available: give.amount, reserved: zero, against: 'market', said: said('fill') },
      ];
      if (charged && !isZero(fee.amount))
        moves.push({
          balance: charged,
          available: negate(fee.amount),
          reserved: zero,
          against: 'fees',
          said: said('fee'),
        });
      const ref = { type: refType, id: reservationId };
      const about = { id: fillId, kind: 'settle', ref, requestHash, requestId, field: 'give' } as const;
      return post(tx, { ...about, portfolio, moves }, ({ versionOf }) => ({
        remaining: formatDecimal(remaining),
        ...(fee ? { fee: textOf(fee) } : {}),
        version: versionOf(portfolio),
      }));
    });
  };
};
