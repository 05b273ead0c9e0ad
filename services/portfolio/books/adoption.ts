import { type Decimal, formatDecimal, isZero, parseDecimal, subtract, zero } from '@tickfolio/lib/money';
import {
  type Database,
  type DatabaseTime,
  fromPostgresError,
  inBackground,
  type Transaction,
} from '@tickfolio/lib/postgres';
import { and, eq, inArray, sum } from 'drizzle-orm';
import { type Balance, findBalances, newBalance } from '../postings/balances.js';
import { type LockedPortfolio, lockAny, requireOwn } from '../postings/locks.js';
import type { Move } from '../postings/moves.js';
import { findFirstNumber, freeNumbers, keepNumbersFree, portfoliosWith } from '../postings/numbers.js';
import { type Command, findAnswer, hashOf, idOfAdopted, idOfAdoption } from '../postings/once.js';
import type { Post } from '../postings/posting.js';
import { adoptionNotBegun, gonePortfolio, wrongKind } from '../postings/refusal.js';
import { balances, entries, postings } from '../postings/tables.js';
import { portfolios } from '../schema.js';
import type { Asked } from './asked.js';
import { type CoinElsewhere, type CoinRead, invalid, isNumber, readCoins } from './coins-elsewhere.js';
import type { HeldBalance } from './readings.js';

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
   * Once for each user, some coins at a time: until all of them are here the portfolio is `adopting`, and whoever asks
   * again goes on from there. After that a repeat changes nothing and is answered the same, whatever it says, for what
   * is counted here is right from then on. @throws AppError failed_precondition `adoption-not-begun`; not_found `gone`
   */
  adopt(asked: Asked & { readonly coins: readonly CoinElsewhere[] }): Promise<Adopted>;
}

export interface AdoptionDeps {
  readonly db: Database;
  readonly command: Command;
  readonly post: Post;
  readonly time: DatabaseTime;
}

/** Of one transaction, with a balance, an event and two entries each: nobody has an embedded database for long. */
const pieceCoins = 50;

/** What of a coin is still to be taken over; negative where less is said than was said before. */
interface Missing extends CoinRead {
  readonly missing: Decimal;
}

/** What is not here yet of what is said, or is here and is not said any more. */
const findMissing = async (
  tx: Transaction,
  portfolioId: string,
  said: readonly CoinRead[],
): Promise<readonly Missing[]> => {
  const { asset, via, amount, postingId, account } = entries;
  const rows = await tx
    .select({ asset, via, amount: sum(amount) })
    .from(postings)
    .innerJoin(entries, eq(postingId, postings.id))
    .where(and(eq(postings.portfolioId, portfolioId), eq(postings.kind, 'adopt'), eq(account, 'available')))
    .groupBy(asset, via);
  const here = new Map(rows.map((row) => [row.via, { ...row, quantity: parseDecimal(row.amount ?? '0') }]));
  const missing = said.map((coin) => ({
    ...coin,
    missing: subtract(coin.quantity, here.get(coin.via)?.quantity ?? zero),
  }));
  for (const { via: symbol } of said) here.delete(symbol);
  const gone = [...here.values()].map((coin) => ({ ...coin, quantity: zero, missing: subtract(zero, coin.quantity) }));
  return [...missing, ...gone].filter((coin) => !isZero(coin.missing));
};

/** Of all its pieces together. */
const answerOf = async (tx: Transaction, portfolioId: string): Promise<Adopted> => {
  const rows = await tx
    .select({ result: postings.result })
    .from(postings)
    .where(and(eq(postings.portfolioId, portfolioId), eq(postings.kind, 'adopt')));
  const pieces = rows.map(({ result }) => result as Adopted).sort((a, b) => a.version - b.version);
  // A coin that another amount was said of meanwhile is in two of them.
  const coins = new Map(pieces.flatMap((piece) => piece.coins.map((coin) => [coin.via, coin])));
  const left = [...coins.values()].filter(({ available }) => available !== '0');
  return { portfolioId, version: pieces.at(-1)?.version ?? 0, coins: left };
};

const symbolsOf = (coins: readonly CoinRead[]) => coins.map(({ via }) => via);
const heldOfSymbols = async (tx: Transaction, portfolio: LockedPortfolio, symbols: readonly string[]) =>
  symbols.length === 0 ? [] : findBalances(tx, portfolio, inArray(balances.via, [...symbols]));

/**
 * Has nobody of the locked portfolios keep a number that one of these coins has. @param numbers of these coins
 * @returns what is held of them already
 */
const makeWay = async (
  tx: Transaction,
  locked: ReadonlyMap<string, LockedPortfolio>,
  portfolio: LockedPortfolio,
  { piece, numbers }: { readonly piece: readonly CoinRead[]; readonly numbers: readonly number[] },
): Promise<readonly Balance[]> => {
  const held = await heldOfSymbols(tx, portfolio, symbolsOf(piece));
  const here = new Map(held.map(({ via, id }) => [via, id]));
  // One that is here under its number already keeps it.
  const kept = new Set(piece.flatMap(({ via, elsewhere }) => (here.get(via) === elsewhere?.id ? [elsewhere?.id] : [])));
  const wanted = numbers.filter((number) => !kept.has(number));
  if (wanted.length === 0) return held;
  await freeNumbers(tx, [...locked.keys()], wanted);
  return heldOfSymbols(tx, portfolio, symbolsOf(piece));
};

export const createAdoption = ({ db, command, post, time }: AdoptionDeps): Adoption => {
  /** @returns undefined where there is more */
  const takeSome = async (
    tx: Transaction,
    { portfolioId, userId, requestId }: Asked,
    said: readonly CoinRead[],
  ): Promise<Adopted | undefined> => {
    const id = idOfAdoption(userId);
    const requestHash = hashOf('adopt');
    const firstId = await findFirstNumber(tx);
    const isKept = ({ elsewhere }: CoinRead) => elsewhere !== undefined && elsewhere.id < (firstId ?? 0);
    const numbersOf = (coins: readonly CoinRead[]) =>
      coins.filter(isKept).flatMap(({ elsewhere }) => elsewhere?.id ?? []);
    // Paper money was given numbers before these were kept free, also that of who is just being erased.
    const others = await portfoliosWith(tx, numbersOf(said));
    const locked = await lockAny(tx, time, [portfolioId, ...others]);
    const own = locked.get(portfolioId.toLowerCase());
    if (!own || own.isErased) throw gonePortfolio();
    const portfolio = requireOwn(own, userId, 'portfolio_id');
    if (await findAnswer<Adopted>(tx, id, requestHash)) return answerOf(tx, portfolio.id);
    if (portfolio.kind !== 'tracking') throw wrongKind('portfolio_id', 'Only what one really owns is taken over.');
    if (firstId === undefined) throw adoptionNotBegun();
    const missing = await findMissing(tx, portfolio.id, said);
    const piece = missing.slice(0, pieceCoins);
    const isLast = missing.length === piece.length;

    const held = await makeWay(tx, locked, portfolio, { piece, numbers: numbersOf(piece) });
    const moves = piece.map((coin): Move => {
      const { asset, via, elsewhere } = coin;
      const given = elsewhere && { elsewhere: isKept(coin) ? elsewhere : { createdAt: elsewhere.createdAt } };
      const balance = held.find((one) => one.via === via) ?? { ...newBalance(portfolio.id, asset, via), ...given };
      const what = { type: 'balance.updated', reason: 'adopt' } as const;
      return { balance, available: coin.missing, reserved: zero, against: 'outside', said: what };
    });
    const about = { kind: 'adopt', ref: { type: 'adoption', id }, requestHash, requestId, portfolio, moves } as const;
    const ownId = isLast ? id : idOfAdopted(userId, portfolio.balanceVersion);
    await post(tx, { ...about, id: ownId, field: 'coins' }, ({ moved, versionOf }) => ({
      portfolioId: portfolio.id,
      version: versionOf(portfolio),
      coins: moved.map(({ version, balance }) => heldOf(portfolio, balance, version)),
    }));
    await tx.update(portfolios).set({ adopting: !isLast }).where(eq(portfolios.id, portfolio.id));
    return isLast ? answerOf(tx, portfolio.id) : undefined;
  };
  return {
    begin: async (highestId) => {
      if (highestId !== 0 && !isNumber(highestId)) throw invalid('highest_id', 'This is no number of a coin.');
      try {
        return await db.transaction((tx) => keepNumbersFree(tx, time, highestId));
      } catch (thrown) {
        throw fromPostgresError(thrown);
      }
    },
    adopt: async ({ coins, ...asked }) => {
      const said = readCoins(coins);
      // Behind what others wait for. It ends: every piece leaves fewer, whoever takes it.
      for (;;) {
        const adopted = await inBackground(() => command(asked.portfolioId, (tx) => takeSome(tx, asked, said)));
        if (adopted) return adopted;
      }
    },
  };
};

const heldOf = (portfolio: LockedPortfolio, balance: Balance, version: number): HeldBalance => {
  const { id = 0, asset, via, available, reserved, createdAt = portfolio.at } = balance;
  const amounts = { available: formatDecimal(available), reserved: formatDecimal(reserved) };
  const times = { createdAtMs: createdAt.getTime(), updatedAtMs: portfolio.at.getTime() };
  return { id, asset, via, ...amounts, version, ...times };
};
