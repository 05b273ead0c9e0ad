import type { AppError } from '@tickfolio/lib/errors';
import { add, type Decimal, formatDecimal, negate, parseDecimal, zero } from '@tickfolio/lib/money';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import { isNegative, readChange, readPositive } from '../postings/amounts.js';
import { type Balance, findBalances, newBalance, requireRoom } from '../postings/balances.js';
import { type LockedPortfolio, lockPortfolio, requireOpen, requireOwn } from '../postings/locks.js';
import { isId, readAsset, readSymbol } from '../postings/names.js';
import { findFirstNumber } from '../postings/numbers.js';
import { type Command, findAnswer, hashOf, idOfKey, idOfUndo } from '../postings/once.js';
import type { Post, Posting } from '../postings/posting.js';
import { adoptionNotBegun, booksRefusal, notHeld, restoredPortfolio, wrongKind } from '../postings/refusal.js';
import { balances, postings } from '../postings/tables.js';
import type { Asked } from './asked.js';

/** Who asks for a change of what is held. */
export interface CoinAsked extends Asked {
  /** The highest version of the portfolio that the asker has heard of; absent for none. */
  readonly heardVersion?: number;
}

export interface CoinChange extends CoinAsked {
  /** Names the request: the same once more changes nothing and is answered the same. */
  readonly key: string;
  readonly symbol: string;
  /** Empty where only a coin that is held may be changed. */
  readonly asset: string;
  /** Decimal text, not zero; negative takes away. */
  readonly by: string;
  /** What the symbol cost where it was done, if anybody knew. */
  readonly observedPrice?: string;
  /** Whether only what was done under the key is answered. */
  readonly onlyRepeat?: boolean;
}

export type CoinRemoval = CoinAsked & Pick<CoinChange, 'key' | 'symbol'>;

/** A committed change of one coin. */
export interface ChangedCoin {
  /** By which it can be undone. */
  readonly id: string;
  /** What was added, canonical decimal text. */
  readonly delta: string;
  readonly coin: {
    readonly id: number;
    readonly asset: string;
    readonly symbol: string;
    /** As it was left; `0` where it is not held any more. */
    readonly quantity: string;
    readonly createdAtMs: number;
    readonly updatedAtMs: number;
  };
  /** Of the portfolio, after it. */
  readonly version: number;
}

/**
 * What a user owns, counted by hand. Every change throws AppError, failed_precondition `restored` where more was heard
 * of than there is; then nothing was changed.
 */
export interface Coins {
  /**
   * Adds to a coin, or takes away from it; down to exactly zero removes it. @throws AppError failed_precondition where
   * less is held, and where a new one cannot be numbered yet
   */
  change(change: CoinChange): Promise<ChangedCoin>;
  /** Takes away all that is held. @throws AppError not_found where none is */
  remove(removal: CoinRemoval): Promise<ChangedCoin>;
  /**
   * Reverses a change of the last 7 days, once however often it is called; its answer can be undone in turn.
   * @throws AppError not_found for a change that is unknown, somebody else's or too old
   */
  undo(asked: CoinAsked & { readonly changeId: string }): Promise<ChangedCoin>;
}

export interface CoinsDeps {
  readonly command: Command;
  readonly post: Post;
  readonly time: DatabaseTime;
}

const undoDays = 7;

const moreThanHeld = (held: string, symbol: string, by: Decimal) =>
  booksRefusal(
    'failed_precondition',
    'quantity',
    'more-than-held',
    `${held} ${symbol} is held; ${formatDecimal(by)} would make it negative. Nothing was changed.`,
    { available: held },
  );
const unknownChange = () =>
  booksRefusal(
    'not_found',
    'id',
    'unknown-change',
    'There is no such change, or it was made so long ago that it cannot be undone any more.',
  );
const requireTracking = ({ kind }: LockedPortfolio) => {
  if (kind !== 'tracking')
    throw wrongKind('portfolio_id', 'Only what one really owns is counted by hand; this is no portfolio of that.');
};

export const createCoins = ({ command, post, time }: CoinsDeps): Coins => {
  type Intent = Pick<Posting, 'id' | 'kind' | 'ref' | 'requestHash' | 'requestId'>;

  const book = async (
    tx: Transaction,
    portfolio: LockedPortfolio,
    intent: Intent,
    { balance, by, observedPrice }: { balance: Balance; by: Decimal; observedPrice?: string | undefined },
  ): Promise<ChangedCoin> => {
    const after = add(balance.available, by);
    if (isNegative(after)) throw moreThanHeld(formatDecimal(balance.available), balance.via, by);
    if (balance.id === undefined) await requireRoom(tx, portfolio.id, 1, 'symbol');
    const said = { type: 'balance.updated', reason: 'manual', observedPrice } as const;
    const move = { balance, available: by, reserved: zero, against: 'outside', said } as const;
    return post(tx, { ...intent, portfolio, moves: [move], field: 'quantity' }, ({ moved, versionOf }) => {
      const { id = 0, asset, via: symbol, createdAt = portfolio.at } = moved[0]?.balance ?? balance;
      const times = { createdAtMs: createdAt.getTime(), updatedAtMs: portfolio.at.getTime() };
      const coin = { id, asset, symbol, quantity: formatDecimal(after), ...times };
      return { id: intent.id, delta: formatDecimal(by), coin, version: versionOf(portfolio) };
    });
  };
  /** Does it, unless it was done before. @param different is thrown where the id stands for something else */
  const once = (
    { portfolioId, userId, signal, heardVersion = 0 }: CoinAsked,
    { id, requestHash }: Pick<Intent, 'id' | 'requestHash'>,
    work: (tx: Transaction, portfolio: LockedPortfolio) => Promise<ChangedCoin>,
    different?: () => AppError,
  ): Promise<ChangedCoin> => {
    const inTurn = async (tx: Transaction) => {
      const portfolio = requireOwn(await lockPortfolio(tx, time, portfolioId), userId, 'portfolio_id');
      if (heardVersion > portfolio.balanceVersion) {
        await requireBegun(tx);
        throw restoredPortfolio(heardVersion, portfolio.balanceVersion);
      }
      const before = await findAnswer<ChangedCoin>(tx, id, requestHash, different);
      if (before) return before;
      requireTracking(portfolio);
      requireOpen(portfolio, 'portfolio_id');
      return work(tx, portfolio);
    };
    return command(portfolioId, inTurn, signal);
  };
  const requireBegun = async (tx: Transaction) => {
    if ((await findFirstNumber(tx)) === undefined) throw adoptionNotBegun();
  };
  const heldBy = async (tx: Transaction, portfolio: LockedPortfolio, symbol: string): Promise<Balance | undefined> =>
    (await findBalances(tx, portfolio, eq(balances.via, symbol)))[0];

  return {
    change: async (change) => {
      const symbol = readSymbol(change.symbol, 'symbol');
      const asset = change.asset === '' ? '' : readAsset(change.asset, 'asset');
      const by = readChange(change.by, 'quantity');
      const { observedPrice: price } = change;
      const observedPrice = price === undefined ? undefined : formatDecimal(readPositive(price, 'observed_price'));
      const id = idOfKey(change.userId, change.key);
      const requestHash = hashOf('change', change.portfolioId.toLowerCase(), symbol, formatDecimal(by));
      const { requestId } = change;
      const intent: Intent = { id, kind: 'change', ref: { type: 'posting', id }, requestHash, requestId };
      return once(change, intent, async (tx, portfolio) => {
        if (change.onlyRepeat) throw unknownChange();
        const held = await heldBy(tx, portfolio, symbol);
        if (!held) await requireBegun(tx);
        if (!held && isNegative(by)) throw notHeld('failed_precondition', symbol, ', so none can be taken away');
        if (!held && asset === '') throw notHeld('failed_precondition', symbol);
        const balance = held ?? newBalance(portfolio.id, asset, symbol);
        return book(tx, portfolio, intent, { balance, by, observedPrice });
      });
    },
    remove: async (removal) => {
      const symbol = readSymbol(removal.symbol, 'symbol');
      const id = idOfKey(removal.userId, removal.key);
      const requestHash = hashOf('remove', removal.portfolioId.toLowerCase(), symbol);
      const { requestId } = removal;
      const intent: Intent = { id, kind: 'remove', ref: { type: 'posting', id }, requestHash, requestId };
      return once(removal, intent, async (tx, portfolio) => {
        const balance = await heldBy(tx, portfolio, symbol);
        if (!balance) {
          await requireBegun(tx);
          throw notHeld('not_found', symbol);
        }
        return book(tx, portfolio, intent, { balance, by: negate(balance.available) });
      });
    },
    undo: async (asked) => {
      if (!isId(asked.changeId)) throw unknownChange();
      const changeId = asked.changeId.toLowerCase();
      const id = idOfUndo(changeId);
      const requestHash = hashOf('undo', asked.portfolioId.toLowerCase(), changeId);
      const { requestId } = asked;
      const intent: Intent = { id, kind: 'undo', ref: { type: 'undo', id: changeId }, requestHash, requestId };
      return once(
        asked,
        intent,
        async (tx, portfolio) => {
          const isUndoable = and(
            eq(postings.id, changeId),
            eq(postings.portfolioId, portfolio.id),
            inArray(postings.kind, ['change', 'remove', 'undo']),
            gt(postings.createdAt, sql`${time()} - make_interval(days => ${undoDays})`),
          );
          const [made] = await tx.select({ result: postings.result }).from(postings).where(isUndoable);
          if (!made) throw unknownChange();
          const { coin, delta } = made.result as ChangedCoin;
          const held = await heldBy(tx, portfolio, coin.symbol);
          const balance = held ?? newBalance(portfolio.id, coin.asset, coin.symbol);
          return book(tx, portfolio, intent, { balance, by: negate(parseDecimal(delta)) });
        },
        unknownChange,
      );
    },
  };
};
