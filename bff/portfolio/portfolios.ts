import { type Clock, systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { createTurns, type TurnsOptions } from '@tickfolio/lib/lane/turns';
import { canonical } from '@tickfolio/lib/money';
import {
  type Database,
  fromPostgresError,
  sqlState,
  UnansweredCommitError,
  violatedConstraint,
} from '@tickfolio/lib/postgres';
import { and, asc, eq, exists, gt, inArray, isNotNull, sql } from 'drizzle-orm';
import { notKnown, simplyAgain, underKey } from '../api/unanswered.js';
import { forgetGoneCoins } from '../coins/coin-rows.js';
import type { HeldSymbol } from '../market/symbols.js';
import { balanceVersions, coins, profiles } from '../schema.js';
import { coinRefusal } from './coin-refusal.js';
import { type Coin, createPortfolioChanges, type Owner, type PortfolioChanges } from './portfolio-changes.js';

export type { Change, Coin, Owner } from './portfolio-changes.js';

/** What somebody holds at one moment. */
export interface Portfolio {
  /** Counts the changes of its coins, and never falls; 0 before the first. */
  readonly version: number;
  /** Of it, what was counted here before the portfolio service; undefined while the coins are kept here. */
  readonly base?: number;
  /** When the newest change was made that was heard of from there. */
  readonly asOf?: Date;
  /** Oldest first. */
  readonly coins: readonly Coin[];
}

/** Profiles and coins in the database. Every method throws AppError `unavailable` when the database is away. */
export interface Portfolios extends PortfolioChanges {
  /** Creates the profile; harmless when it is there. */
  createProfile(owner: Owner): Promise<void>;
  /** Creates the profile when it is missing. */
  read(owner: Owner): Promise<Portfolio>;
  /** Several users' at once, each as it was at one moment; users without a profile are left out. */
  readPortfolios(userIds: readonly string[]): Promise<Map<string, Portfolio>>;
  /** The coins of several users at once, oldest first; users without coins are left out. */
  readMany(userIds: readonly string[]): Promise<Map<string, Coin[]>>;
  /** The versions of several portfolios; users without a profile are left out. */
  versions(userIds: readonly string[]): Promise<Map<string, number>>;
  /**
   * Forgets coins that were gone a day ago, at most `limit`, where the portfolio service keeps them. @returns how many went
   */
  forgetGone(limit: number): Promise<number>;
  /** Every symbol that somebody holds. */
  symbols(): Promise<HeldSymbol[]>;
}

export interface PortfoliosOptions {
  /** How many different coins one profile may hold. Default 500. */
  readonly maxCoins?: number;
  /** How long changes wait for each other. Default the system's. */
  readonly clock?: Clock;
}

/** As many as one user may make at once (`app.ts`). */
const maxWaitingChanges = 300;
/** The page waits for 15 s, and a change may take some. */
const maxWaitMs = 10_000;
const numericOutOfRange = '22003';
const deadlockDetected = '40P01';
/** Said by a trigger of the profiles. */
const erasedUser = 'TF410';
/** Said by a trigger of the coins. */
const movedCoins = 'coins_moved';

/** The changes of one user wait for each other in any case: here, where they hold no connection. */
export const turnsOfChanges = (clock: Pick<Clock, 'after'>): TurnsOptions => {
  const words = 'Too many changes at once; please wait a little.';
  return { clock, atOnce: 1, maxWaiting: maxWaitingChanges, maxWaitMs, words, failTogether: true };
};

/** Walks the index from symbol to symbol, so that its cost grows with the symbols and not with the holdings. */
const heldSymbols = sql`(
  with recursive held as (
    (select symbol, quote_asset from coins where quantity > 0 order by symbol limit 1)
    union all
    select next.symbol, next.quote_asset from held, lateral (
      select symbol, quote_asset from coins where symbol > held.symbol and quantity > 0 order by symbol limit 1
    ) next
  ) select symbol, quote_asset from held
) held`;

export const deletedAccount = () => new AppError('unauthenticated', 'The account was deleted.');

/** Whether a change failed because the portfolio service keeps the coins. */
export const areMoved = (thrown: unknown): boolean => thrown instanceof AppError && thrown.facts.kept === movedCoins;

export const beingMoved = (): AppError =>
  new AppError('unavailable', 'What is held is being moved; please try again.', {
    retryAfterMs: 1_000,
    facts: { kept: movedCoins },
  });

const translate = (thrown: unknown): AppError => {
  if (violatedConstraint(thrown) === movedCoins) return beingMoved();
  switch (sqlState(thrown)) {
    case numericOutOfRange:
      return coinRefusal(
        'failed_precondition',
        'quantity',
        'quantity-too-large',
        'The quantity held would have more than 20 digits before the point; nothing was changed.',
      );
    case erasedUser:
      return deletedAccount();
    default:
      return fromPostgresError(thrown);
  }
};

const orFault = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    throw translate(thrown);
  }
};

/**
 * A build of before locks a coin before its portfolio, and may wait for us as we for it; then the database undoes one
 * of the two.
 */
const againAfterDeadlock = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    if (sqlState(thrown) !== deadlockDetected) throw thrown;
    return work();
  }
};

const readPortfolios = async (db: Database, userIds: readonly string[]) => {
  const found = new Map<string, Portfolio & { readonly coins: Coin[] }>();
  // One statement, so that a portfolio's version and its coins are of one moment.
  const rows = await db
    .select({
      ...{ userId: profiles.id, version: profiles.version, adoptedAt: profiles.adoptedAt },
      ...{ base: profiles.versionBase, asOf: profiles.asOf, coin: coins },
    })
    .from(profiles)
    .leftJoin(coins, and(eq(coins.userId, profiles.id), gt(coins.quantity, '0')))
    .where(inArray(profiles.id, [...userIds]))
    .orderBy(asc(coins.id));
  for (const { userId, version, adoptedAt, base, asOf, coin } of rows) {
    const there = adoptedAt && base !== null ? { base, ...(asOf ? { asOf } : {}) } : {};
    const portfolio = found.get(userId) ?? { version, ...there, coins: [] };
    found.set(userId, portfolio);
    if (coin) portfolio.coins.push({ ...coin, quantity: canonical(coin.quantity) });
  }
  return found;
};

export const createPortfolios = (
  db: Database,
  { maxCoins = 500, clock = systemClock }: PortfoliosOptions = {},
): Portfolios => {
  const changes = createPortfolioChanges(db, maxCoins);
  const turns = createTurns(turnsOfChanges(clock));
  /** @param again how to ask for it once more, as a sentence */
  const inTurn = async <T>({ userId }: Owner, again: string, work: () => Promise<T>): Promise<T> => {
    let isBegun = false;
    const make = () => {
      isBegun = true;
      return orFault(() => againAfterDeadlock(work));
    };
    try {
      return await turns.take(userId, make);
    } catch (thrown) {
      // Those that fail with it while they wait are told that the database is away.
      throw isBegun && thrown instanceof UnansweredCommitError ? notKnown(again, thrown) : thrown;
    }
  };
  const againUnder = (key: string | undefined): string => (key === undefined ? 'What is held says so.' : underKey(key));
  const insertProfile = ({ userId, userName }: Owner) =>
    db.transaction(async (tx) => {
      const made = await tx
        .insert(profiles)
        .values({ id: userId, name: userName })
        .onConflictDoNothing()
        .returning({ id: profiles.id });
      // Somebody new here of whom coins were told already was forgotten by a restore: they are asked for.
      const isTold = and(eq(balanceVersions.portfolioId, defaultPortfolioId(userId)), gt(balanceVersions.version, 0));
      const told = tx.select({ one: sql`1` }).from(balanceVersions).where(isTold);
      const isThisOne = and(eq(profiles.id, userId), isNotNull(profiles.adoptingAt), exists(told));
      if (made.length > 0) await tx.update(profiles).set({ adoptedAt: null }).where(isThisOne);
    });

  return {
    createProfile: (owner) => orFault(async () => void (await insertProfile(owner))),
    read: (owner) =>
      orFault(async () => {
        const found = (await readPortfolios(db, [owner.userId])).get(owner.userId);
        if (!found) await insertProfile(owner);
        return found ?? { version: 0, coins: [] };
      }),
    readPortfolios: (userIds) => orFault(() => readPortfolios(db, userIds)),
    readMany: (userIds) =>
      orFault(async () => {
        const found = [...(await readPortfolios(db, userIds))];
        return new Map(
          found.flatMap(([userId, portfolio]) => (portfolio.coins.length > 0 ? [[userId, portfolio.coins]] : [])),
        );
      }),
    versions: (userIds) =>
      orFault(async () => {
        const rows = await db
          .select({ id: profiles.id, version: profiles.version })
          .from(profiles)
          .where(inArray(profiles.id, [...userIds]));
        return new Map(rows.map(({ id, version }) => [id, version]));
      }),
    change: (owner, symbol, by, key, allow) =>
      inTurn(owner, againUnder(key), () => changes.change(owner, symbol, by, key, allow)),
    open: (owner, held, quantity, key) =>
      inTurn(owner, againUnder(key), () => changes.open(owner, held, quantity, key)),
    remove: (owner, symbol, key) => inTurn(owner, againUnder(key), () => changes.remove(owner, symbol, key)),
    undo: (owner, changeId) => inTurn(owner, simplyAgain, () => changes.undo(owner, changeId)),
    madeUnder: (userId, key, asked) => orFault(() => changes.madeUnder(userId, key, asked)),
    madeHere: (userId, changeId) => orFault(() => changes.madeHere(userId, changeId)),
    forgetChanges: (keepMs, limit, nowMs) => orFault(() => changes.forgetChanges(keepMs, limit, nowMs)),
    forgetGone: (limit) => orFault(() => forgetGoneCoins(db, limit)),
    symbols: () =>
      orFault(() =>
        db.select({ symbol: sql<string>`held.symbol`, quoteAsset: sql<string>`held.quote_asset` }).from(heldSymbols),
      ),
  };
};
