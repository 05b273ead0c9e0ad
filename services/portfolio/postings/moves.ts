import { add, type Decimal, isZero, negate, zero } from '@tickfolio/lib/money';
import { isNegative, isTooLarge } from './amounts.js';
import type { BalanceChange } from './balance-rows.js';
import { type Balance, totalOf } from './balances.js';
import { tooMuch } from './refusal.js';
import type { accounts } from './tables.js';

/** Why a balance is another now. */
export type Reason = 'manual' | 'adopt' | 'fund' | 'transfer' | 'fill' | 'fee';

/** What is told of a move: an event each. */
export type Said =
  | { readonly type: 'balance.updated'; readonly reason: Reason; readonly observedPrice?: string | undefined }
  | {
      readonly type: 'balance.reserved' | 'balance.released';
      readonly reservationId: string;
      readonly amount: Decimal;
      /** Of the reservation, afterwards. */
      readonly remaining: Decimal;
    };

/** A change of one balance. */
export interface Move {
  /** As it was before the posting, also where an earlier move of it is about the same. */
  readonly balance: Balance;
  readonly available: Decimal;
  readonly reserved: Decimal;
  /** What the sum comes from or goes to; absent where the two sum to 0, or another move has the opposite. */
  readonly against?: 'market' | 'fees' | 'outside' | 'grant';
  readonly said: Said;
}

/** A move with its number, and the balance as it left it. */
export interface Moved {
  readonly move: Move;
  /** Of the event that tells it. */
  readonly version: number;
  readonly balance: Balance;
}

export interface Line {
  readonly portfolioId: string | null;
  readonly version: number | null;
  readonly account: (typeof accounts)[number];
  readonly asset: string;
  readonly via: string;
  readonly amount: Decimal;
}

const keyOf = ({ portfolioId, asset, via }: Balance): string => `${portfolioId} ${asset} ${via}`;

/**
 * Makes the moves, one after the other, each with the next number of its portfolio.
 * @param versions the last numbers given, by portfolio @param field of the request that asked for too much
 * @throws AppError failed_precondition where more would be held than can be kept
 */
export const makeMoves = (
  moves: readonly Move[],
  versions: ReadonlyMap<string, number>,
  field: string,
): readonly Moved[] => {
  const last = new Map(versions);
  const states = new Map<string, Balance>();
  return moves.map((move) => {
    const { portfolioId } = move.balance;
    const version = (last.get(portfolioId) ?? Number.NaN) + 1;
    if (Number.isNaN(version)) throw new Error('a portfolio is not locked');
    last.set(portfolioId, version);
    const before = states.get(keyOf(move.balance)) ?? move.balance;
    const balance = {
      ...before,
      available: add(before.available, move.available),
      reserved: add(before.reserved, move.reserved),
    };
    if (isNegative(balance.available) || isNegative(balance.reserved)) throw new Error('a balance would be negative');
    if (isTooLarge(totalOf(balance))) throw tooMuch(field);
    states.set(keyOf(balance), balance);
    return { move, version, balance };
  });
};

/** What the moves come to, balance by balance, each with its moves. */
export const changesOf = (
  moved: readonly Moved[],
): readonly (BalanceChange & { readonly moved: readonly Moved[] })[] => {
  const changes = new Map<string, Moved[]>();
  for (const one of moved) changes.set(keyOf(one.balance), [...(changes.get(keyOf(one.balance)) ?? []), one]);
  return [...changes.values()].flatMap((of) => {
    const [first, last] = [of[0], of.at(-1)];
    return first && last ? [{ before: first.move.balance, after: last.balance, version: last.version, moved: of }] : [];
  });
};

/** The lines of a posting, of each asset summing to 0. */
export const linesOf = (moved: readonly Moved[]): readonly Line[] => {
  const lines = moved.flatMap(({ move, version }): Line[] => {
    const { balance, available, reserved, against } = move;
    const { portfolioId, asset, via } = balance;
    const own = { portfolioId, version, asset, via };
    return [
      { ...own, account: 'available', amount: available },
      { ...own, account: 'reserved', amount: reserved },
      ...(against === undefined
        ? []
        : [
            {
              portfolioId: null,
              version: null,
              account: against,
              asset,
              via: '',
              amount: negate(add(available, reserved)),
            },
          ]),
    ];
  });
  const sums = new Map<string, Decimal>();
  for (const { asset, amount } of lines) sums.set(asset, add(sums.get(asset) ?? zero, amount));
  if ([...sums.values()].some((sum) => !isZero(sum))) throw new Error('a posting does not sum to 0');
  return lines.filter(({ amount }) => !isZero(amount));
};
