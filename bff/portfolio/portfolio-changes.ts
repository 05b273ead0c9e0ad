import type { AppError } from '@tickfolio/lib/errors';
import {
  add,
  canonical,
  compare,
  type Decimal,
  formatDecimal,
  isZero,
  negate,
  parseDecimal,
  zero,
} from '@tickfolio/lib/money';
import { type Database, type Transaction, transact } from '@tickfolio/lib/postgres';
import { and, asc, count, eq, gt, inArray, lt, type SQL, sql } from 'drizzle-orm';
import type { HeldSymbol } from '../market/symbols.js';
import { coins, portfolioChanges, profiles } from '../schema.js';
import { coinRefusal } from './coin-refusal.js';
import {
  type Change,
  type ChangeRow,
  changeAsked,
  findMade,
  findMadeHere,
  type MadeHere,
  removalAsked,
  toChange,
} from './made-changes.js';

export type { Change, Coin } from './made-changes.js';

export interface Owner {
  readonly userId: string;
  readonly userName: string;
  /** Of the call that asks for something. */
  readonly requestId?: string;
}

/**
 * The changes of portfolios, each in one transaction with what a repeat and an undo of it need: under the same key a
 * change is made once and answered the same. Where one throws AppError `unavailable`, it is unknown whether it was
 * made.
 */
export interface PortfolioChanges {
  /**
   * Adds to a coin that is held, or takes away from it; down to exactly zero removes it. Concurrent calls never take
   * more than there is.
   * @param by not zero; negative takes away @returns undefined when the coin is not held
   * @param allow throws what is to be thrown where a held coin may not be changed so; not asked of a repeat
   * @throws AppError failed_precondition when less is held, when the sum has too many digits, or when the key stands
   * for another request
   */
  change(owner: Owner, symbol: string, by: Decimal, key?: string, allow?: () => void): Promise<Change | undefined>;
  /**
   * Starts to hold a coin, or adds to it. @throws AppError failed_precondition past the coin limit, else as `change`
   */
  open(owner: Owner, held: HeldSymbol, quantity: Decimal, key?: string): Promise<Change>;
  /**
   * Takes away all that is held of a coin. @returns undefined when the coin is not held. @throws AppError as `change`
   */
  remove(owner: Owner, symbol: string, key?: string): Promise<Change | undefined>;
  /**
   * Reverses a change, once however often it is called.
   * @throws AppError not_found for a change that is unknown, somebody else's or too old; failed_precondition when less
   * is held by now than it added
   */
  undo(owner: Owner, changeId: string): Promise<Change>;
  /** What was made here under a key. @throws AppError failed_precondition where it stands for another request */
  madeUnder(userId: string, key: string, asked: string): Promise<Change | undefined>;
  /** A change that was made here, and the one that reversed it. */
  madeHere(userId: string, changeId: string): Promise<MadeHere | undefined>;
  /** Forgets what is older by the clock here and by the database's, at most `limit`. @returns how many went */
  forgetChanges(keepMs: number, limit: number, nowMs: number): Promise<number>;
}

type CoinRow = typeof coins.$inferSelect;

/** What is asked for. */
interface Intent {
  readonly key?: string | undefined;
  readonly request: string;
  readonly undoes?: string;
}

const ofCoin = (userId: string, symbol: string): SQL | undefined =>
  and(eq(coins.userId, userId), eq(coins.symbol, symbol));

export const tooLittle = (held: string, symbol: string, by: Decimal): AppError =>
  coinRefusal(
    'failed_precondition',
    'quantity',
    'more-than-held',
    `${held} ${symbol} is held; ${formatDecimal(by)} would make it negative. Nothing was changed.`,
  );
const unknownChange = (): AppError =>
  coinRefusal(
    'not_found',
    'id',
    'unknown-change',
    'There is no such change, or it was made so long ago that it cannot be undone any more.',
  );

/** Changes of one portfolio happen one after the other: its row is locked first. Creates it when it is missing. */
const lockPortfolio = async (tx: Transaction, { userId, userName }: Owner): Promise<void> => {
  // Rows that refer to a profile may be added meanwhile.
  const lock = () => tx.select({ id: profiles.id }).from(profiles).where(eq(profiles.id, userId)).for('no key update');
  if ((await lock()).length > 0) return;
  await tx.insert(profiles).values({ id: userId, name: userName }).onConflictDoNothing();
  await lock();
};

/** A row of quantity 0 is about to be removed by a build of before, and counts as not held. */
const findHeld = async (tx: Transaction, userId: string, symbol: string): Promise<CoinRow | undefined> => {
  const [held] = await tx.select().from(coins).where(ofCoin(userId, symbol)).for('update');
  return held && !isZero(parseDecimal(held.quantity)) ? held : undefined;
};

/** @param held the coin's row @throws AppError failed_precondition when less is held */
const changeHeld = async (tx: Transaction, held: CoinRow, by: Decimal): Promise<CoinRow> => {
  const after = add(parseDecimal(held.quantity), by);
  if (compare(after, zero) < 0) throw tooLittle(canonical(held.quantity), held.symbol, by);
  const ofRow = eq(coins.id, held.id);
  const [row] = isZero(after)
    ? await tx.delete(coins).where(ofRow).returning()
    : await tx
        .update(coins)
        .set({ quantity: formatDecimal(after), updatedAt: sql`now()` })
        .where(ofRow)
        .returning();
  return { ...(row as CoinRow), quantity: formatDecimal(after) };
};

/** Writes down what was changed, with the portfolio's version, which the change has raised. */
const note = async (tx: Transaction, { key, ...intent }: Intent, coin: CoinRow, delta: Decimal): Promise<Change> => {
  const { id: coinId, createdAt: coinCreatedAt, userId, symbol, quoteAsset, quantity } = coin;
  const version = sql<number>`(select ${profiles.version} from ${profiles} where ${profiles.id} = ${userId})`;
  const made = { userId, symbol, quoteAsset, delta: formatDecimal(delta), quantity, coinId, coinCreatedAt, version };
  const [row] = await tx
    .insert(portfolioChanges)
    .values({ ...intent, ...made, idempotencyKey: key ?? null })
    .returning();
  return toChange(row as ChangeRow);
};

/** Throws what the database throws. */
export const createPortfolioChanges = (db: Database, maxCoins: number): PortfolioChanges => {
  /** Does the work unless it was done under this key before. */
  const once = (
    owner: Owner,
    intent: Intent,
    work: (tx: Transaction) => Promise<Change | undefined>,
  ): Promise<Change | undefined> =>
    transact(db, async (tx) => {
      await lockPortfolio(tx, owner);
      if (intent.key === undefined) return work(tx);
      return (await findMade(tx, owner.userId, intent.key, intent.request)) ?? work(tx);
    });
  /** @throws AppError failed_precondition past the coin limit */
  const insert = async (
    tx: Transaction,
    userId: string,
    { symbol, quoteAsset }: HeldSymbol,
    quantity: Decimal,
  ): Promise<CoinRow> => {
    const [held] = await tx
      .select({ coins: count() })
      .from(coins)
      .where(and(eq(coins.userId, userId), gt(coins.quantity, '0'), sql`${coins.symbol} <> ${symbol}`));
    if ((held?.coins ?? 0) >= maxCoins)
      throw coinRefusal(
        'failed_precondition',
        'symbol',
        'too-many-coins',
        `A portfolio holds at most ${maxCoins} different coins; remove one first.`,
      );
    const [row] = await tx
      .insert(coins)
      .values({ userId, symbol, quoteAsset, quantity: formatDecimal(quantity) })
      .onConflictDoUpdate({
        target: [coins.userId, coins.symbol],
        set: { quantity: sql`${coins.quantity} + excluded.quantity`, quoteAsset, updatedAt: sql`now()` },
      })
      .returning();
    return row as CoinRow;
  };
  /** Changes what is held, or begins to hold it. */
  const put = async (tx: Transaction, userId: string, coin: HeldSymbol, by: Decimal): Promise<CoinRow> => {
    const held = await findHeld(tx, userId, coin.symbol);
    if (held) return changeHeld(tx, held, by);
    if (compare(by, zero) < 0) throw tooLittle('0', coin.symbol, by);
    return insert(tx, userId, coin, by);
  };

  return {
    change: (owner, symbol, by, key, allow) => {
      const intent = { key, request: changeAsked(symbol, by) };
      return once(owner, intent, async (tx) => {
        const held = await findHeld(tx, owner.userId, symbol);
        if (!held) return undefined;
        allow?.();
        return note(tx, intent, await changeHeld(tx, held, by), by);
      });
    },
    open: async (owner, held, quantity, key) => {
      const intent = { key, request: changeAsked(held.symbol, quantity) };
      const opened = await once(owner, intent, async (tx) =>
        note(tx, intent, await put(tx, owner.userId, held, quantity), quantity),
      );
      return opened as Change;
    },
    remove: (owner, symbol, key) => {
      const intent = { key, request: removalAsked(symbol) };
      return once(owner, intent, async (tx) => {
        const held = await findHeld(tx, owner.userId, symbol);
        if (!held) return undefined;
        const all = negate(parseDecimal(held.quantity));
        return note(tx, intent, await changeHeld(tx, held, all), all);
      });
    },
    undo: (owner, changeId) =>
      transact(db, async (tx) => {
        await lockPortfolio(tx, owner);
        const { userId } = owner;
        const made = await findMadeHere(tx, userId, changeId);
        if (!made) throw unknownChange();
        if (made.undone) return made.undone;
        const by = negate(parseDecimal(made.change.delta));
        const coin = await put(tx, userId, made.change.coin, by);
        return note(tx, { request: `undo ${changeId}`, undoes: changeId }, coin, by);
      }),
    madeUnder: (userId, key, asked) => findMade(db, userId, key, asked),
    madeHere: (userId, changeId) => findMadeHere(db, userId, changeId),
    forgetChanges: async (keepMs, limit, nowMs) => {
      const before = new Date(nowMs - keepMs);
      const old = db
        .select({ id: portfolioChanges.id })
        .from(portfolioChanges)
        // By the clock that wrote them too: ours may be days ahead for a while.
        .where(
          lt(
            portfolioChanges.madeAt,
            sql`least(${before.toISOString()}::timestamptz, now() - make_interval(secs => ${keepMs / 1_000}))`,
          ),
        )
        .orderBy(asc(portfolioChanges.madeAt))
        .limit(limit)
        .for('update', { skipLocked: true });
      const gone = await db
        .delete(portfolioChanges)
        .where(inArray(portfolioChanges.id, old))
        .returning({ id: portfolioChanges.id });
      return gone.length;
    },
  };
};
