import { type Decimal, formatDecimal, isZero, zero } from '@tickfolio/lib/money';
import { type Database, type DatabaseTime, fromPostgresError } from '@tickfolio/lib/postgres';
import { readHeld } from '../postings/amounts.js';
import { type Balance, findBalances, maxBalances, newBalance } from '../postings/balances.js';
import { lockAny, requireOwn } from '../postings/locks.js';
import type { Move } from '../postings/moves.js';
import { readAsset, readSymbol } from '../postings/names.js';
import { findFirstNumber, freeNumbers, keepNumbersFree, portfoliosWith } from '../postings/numbers.js';
import { type Command, findAnswer, hashOf, idOfAdoption } from '../postings/once.js';
import type { Post } from '../postings/posting.js';
import { adoptionNotBegun, booksRefusal, gonePortfolio, wrongKind } from '../postings/refusal.js';
import type { Asked } from './asked.js';
import type { HeldBalance } from './readings.js';

/** A coin as it was counted elsewhere. */
export interface CoinElsewhere {
  /** Which it keeps, unless it is one that is given here: then this database was restored, and it gets another. */
  readonly id: number;
  readonly symbol: string;
  readonly quoteAsset: string;
  /** Decimal text, `0` where it is not held any more. */
  readonly quantity: string;
  readonly createdAtMs: number;
}

export interface Adopted {
  readonly portfolioId: string;
  /** Of the portfolio, after it. */
  readonly version: number;
  /** What was taken over, as it was left then. */
  readonly coins: readonly HeldBalance[];
}

/** Takes over what users owned where it was counted before. */
export interface Adoption {
  /**
   * Keeps the numbers of coins free, up to the next full million above the highest of them. Once: a repeat changes
   * nothing. @returns the first number that is given here
   */
  begin(highestId: number): Promise<number>;
  /**
   * Once for each user: a repeat changes nothing and is answered the same, whatever it says, for what is counted here is
   * right from then on. @throws AppError failed_precondition `adoption-not-begun`; not_found `gone`
   */
  adopt(asked: Asked & { readonly coins: readonly CoinElsewhere[] }): Promise<Adopted>;
}

export interface AdoptionDeps {
  readonly db: Database;
  readonly command: Command;
  readonly post: Post;
  readonly time: DatabaseTime;
}

const invalid = (field: string, message: string) =>
  booksRefusal('invalid_argument', field, 'invalid-argument', message);

const isNumber = (id: number): boolean => Number.isSafeInteger(id) && id > 0;

/** What a symbol is of, which is not listed any more perhaps: exchanges put what it is priced in behind it. */
const assetOf = (symbol: string, quoteAsset: string): string => {
  const quote = quoteAsset.toLowerCase();
  const isBehind = quote !== '' && symbol.endsWith(quote) && symbol !== quote;
  return readAsset(isBehind ? symbol.slice(0, -quote.length) : symbol, 'coins');
};

interface Read extends Pick<Balance, 'asset' | 'via'> {
  readonly quantity: Decimal;
  readonly elsewhere: { readonly id: number; readonly createdAt: Date };
}

const readCoins = (coins: readonly CoinElsewhere[]): readonly Read[] => {
  if (coins.length > maxBalances) throw invalid('coins', `A portfolio holds at most ${maxBalances} different coins.`);
  const read = coins.map(({ id, quoteAsset, quantity, createdAtMs, ...coin }): Read => {
    const via = readSymbol(coin.symbol, 'coins');
    if (!isNumber(id) || !isNumber(createdAtMs)) throw invalid('coins', `${via} has no number or no time.`);
    const elsewhere = { id, createdAt: new Date(createdAtMs) };
    return { asset: assetOf(via, quoteAsset), via, quantity: readHeld(quantity, 'coins'), elsewhere };
  });
  for (const distinct of [new Set(read.map(({ via }) => via)), new Set(coins.map(({ id }) => id))])
    if (distinct.size < coins.length) throw invalid('coins', 'Two coins have the same symbol or the same number.');
  return read;
};

export const createAdoption = ({ db, command, post, time }: AdoptionDeps): Adoption => ({
  begin: async (highestId) => {
    if (highestId !== 0 && !isNumber(highestId)) throw invalid('highest_id', 'This is no number of a coin.');
    try {
      return await db.transaction((tx) => keepNumbersFree(tx, time, highestId));
    } catch (thrown) {
      throw fromPostgresError(thrown);
    }
  },
  adopt: async ({ portfolioId, userId, requestId, coins }) => {
    const read = readCoins(coins);
    const id = idOfAdoption(userId);
    const requestHash = hashOf('adopt');
    return command(portfolioId, async (tx) => {
      const firstId = await findFirstNumber(tx);
      const isKept = ({ elsewhere: { id: number } }: Read) => number < (firstId ?? 0);
      const numbers = read.filter(isKept).map(({ elsewhere }) => elsewhere.id);
      // Paper money was given numbers before these were kept free, also that of who is just being erased.
      const others = await portfoliosWith(tx, numbers);
      const locked = await lockAny(tx, time, [portfolioId, ...others]);
      const own = locked.get(portfolioId.toLowerCase());
      if (!own || own.isErased) throw gonePortfolio();
      const portfolio = requireOwn(own, userId, 'portfolio_id');
      const before = await findAnswer<Adopted>(tx, id, requestHash);
      if (before) return before;
      if (portfolio.kind !== 'tracking') throw wrongKind('portfolio_id', 'Only what one really owns is taken over.');
      if (firstId === undefined) throw adoptionNotBegun();

      await freeNumbers(tx, [...locked.keys()], numbers);
      const held = await findBalances(tx, portfolio, undefined);
      const moves = read
        .filter(({ quantity }) => !isZero(quantity))
        .map((coin): Move => {
          const { asset, via, quantity } = coin;
          const { createdAt } = coin.elsewhere;
          const elsewhere = isKept(coin) ? coin.elsewhere : { createdAt };
          const known = held.find((one) => one.via === via);
          const balance = known ?? { ...newBalance(portfolio.id, asset, via), elsewhere };
          const said = { type: 'balance.updated', reason: 'adopt' } as const;
          return { balance, available: quantity, reserved: zero, against: 'outside', said };
        });
      const about = { id, kind: 'adopt', ref: { type: 'adoption', id }, requestHash, requestId } as const;
      return post(tx, { ...about, portfolio, moves, field: 'coins' }, ({ moved, versionOf }) => ({
        portfolioId: portfolio.id,
        version: versionOf(portfolio),
        coins: moved.map(({ version, balance }): HeldBalance => {
          const { id: number = 0, asset, via, available, reserved, createdAt = portfolio.at } = balance;
          const amounts = { available: formatDecimal(available), reserved: formatDecimal(reserved) };
          const times = { createdAtMs: createdAt.getTime(), updatedAtMs: portfolio.at.getTime() };
          return { id: number, asset, via, ...amounts, version, ...times };
        }),
      }));
    });
  },
});
