import { randomUUID } from 'node:crypto';
import type { CoinChange } from '@tickfolio/gen/portfolio/v1/holding';
import { AppError } from '@tickfolio/lib/errors';
import { formatDecimal, negate, parseDecimal, subtract } from '@tickfolio/lib/money';
import { fromPostgresError } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { and, count, eq, gt, sql } from 'drizzle-orm';
import type { CoinOrder, HoldingAsker, HoldingClient } from '../adoption/holding-client.js';
import { type SaidCoin, saidOf, writeCoin } from '../coins/coin-rows.js';
import { coins, profiles } from '../schema.js';
import { coinRefusal } from './coin-refusal.js';
import { type Change, changeAsked, removalAsked } from './made-changes.js';
import { type Owner, type PortfolioChanges, tooLittle } from './portfolio-changes.js';
import type { Portfolios } from './portfolios.js';
import { createWhereabouts, type Known, type WhereaboutsDeps } from './whereabouts.js';

/** Changes of coins, wherever those of their user are kept. */
export type CoinChanges = Pick<PortfolioChanges, 'change' | 'open' | 'remove' | 'undo'>;

export interface CoinChangesDeps extends WhereaboutsDeps {
  /** Those that are kept here, and what was changed while they were. */
  readonly here: Pick<Portfolios, 'change' | 'open' | 'remove' | 'undo' | 'madeUnder' | 'madeHere' | 'createProfile'>;
  readonly there: Pick<HoldingClient, 'changeCoin' | 'removeCoin' | 'undoChange'>;
  /** Fewer than the portfolio service's 500 are held to by what is known here. */
  readonly maxCoins: number;
  readonly log: Logger;
}

/** Longer than two answers can overtake each other, and far less than what is gone is kept. */
const lateMs = 600_000;

const hasReason = (thrown: unknown, reason: string): boolean =>
  thrown instanceof AppError && thrown.fields.some((field) => field.reason === reason);

const isOf = ({ fields }: AppError, field: string): boolean => fields.some((one) => one.field === field);

const saidCoin = ({ coin }: CoinChange): SaidCoin => {
  if (!coin) throw new Error('the portfolio service answered without a coin');
  return saidOf(coin);
};

/**
 * Asks the portfolio service, once the coins of the user are there: whoever has them here still hands them over first.
 * Where there never was one they are changed here. What it answers is shown here at once, without waiting for its event.
 */
export const createCoinChanges = (deps: CoinChangesDeps): CoinChanges => {
  const { db, here, there, simulated, maxCoins, clock, log } = deps;
  const where = createWhereabouts(deps);
  const askerOf = ({ userId, requestId }: Owner, { heardVersion }: Known): HoldingAsker => ({
    ...{ userId, requestId, simulated: simulated(), heardVersion },
  });

  /** What is answered is true already; where it cannot be written here its event brings it. */
  const show = async (userId: string, coin: SaidCoin) => {
    try {
      await db.transaction(async (tx) => {
        // The answer to a repeat may be of days ago, and what is gone since must not come back.
        const isHeard = sql`${profiles.version} >= ${profiles.versionBase} + ${coin.version}::bigint`;
        const heard = tx
          .select({ id: profiles.id })
          .from(profiles)
          .where(and(eq(profiles.id, userId), isHeard));
        const isLate = clock.now() - coin.at.getTime() > lateMs && (await heard).length > 0;
        if (!isLate) await writeCoin(tx, userId, coin);
      });
    } catch (thrown) {
      log.warn({ err: fromPostgresError(thrown), userId }, 'a change is shown later, for it could not be written here');
    }
  };
  const made = async ({ userId }: Owner, { base }: Known, change: CoinChange): Promise<Change> => {
    const coin = saidCoin(change);
    await show(userId, coin);
    const { at: updatedAt, version, ...shown } = coin;
    const delta = formatDecimal(subtract(parseDecimal(change.after), parseDecimal(change.before)));
    return { id: change.id, delta, coin: { ...shown, userId, updatedAt, version: base + version } };
  };
  const madeBefore = async ({ userId }: Owner, key: string | undefined, asked: string) =>
    key === undefined ? undefined : here.madeUnder(userId, key, asked);
  const isHeld = async (userId: string, symbol: string): Promise<boolean> => {
    const held = and(eq(coins.userId, userId), eq(coins.symbol, symbol), gt(coins.quantity, '0'));
    return (await db.select({ id: coins.id }).from(coins).where(held)).length > 0;
  };
  /** @throws AppError failed_precondition past the coin limit, as far as is known here */
  const requireRoom = async (userId: string, symbol: string) => {
    const others = and(eq(coins.userId, userId), gt(coins.quantity, '0'), sql`${coins.symbol} <> ${symbol}`);
    const [held] = await db.select({ coins: count() }).from(coins).where(others);
    if ((held?.coins ?? 0) < maxCoins || (await isHeld(userId, symbol))) return;
    throw coinRefusal(
      'failed_precondition',
      'symbol',
      'too-many-coins',
      `A portfolio holds at most ${maxCoins} different coins; remove one first.`,
    );
  };
  /** Asks for a change of what is held. @returns undefined where that is nothing */
  const unlessNotHeld = async (work: () => Promise<CoinChange>): Promise<CoinChange | undefined> => {
    try {
      return await work();
    } catch (thrown) {
      // What is no symbol at all is held by nobody.
      const isNoSymbol = thrown instanceof AppError && thrown.code === 'invalid_argument' && isOf(thrown, 'symbol');
      if (isNoSymbol || hasReason(thrown, 'not-held')) return undefined;
      throw thrown;
    }
  };

  /** @returns what was made under the key, where it may not be made now @throws what forbids it, where it was not */
  const madeUnless = async (
    allow: () => void | Promise<void>,
    asker: HoldingAsker,
    order: CoinOrder,
  ): Promise<CoinChange | undefined> => {
    try {
      await allow();
      return undefined;
    } catch (refusal) {
      try {
        return await there.changeCoin(asker, { ...order, onlyRepeat: true });
      } catch (thrown) {
        throw hasReason(thrown, 'unknown-change') ? refusal : thrown;
      }
    }
  };

  return {
    change: (owner, symbol, by, key, allow) =>
      where(
        owner,
        () => here.change(owner, symbol, by, key, allow),
        async (known) => {
          const before = await madeBefore(owner, key, changeAsked(symbol, by));
          if (before) return before;
          const asker = askerOf(owner, known);
          const order = { symbol, asset: '', by: formatDecimal(by), idempotencyKey: key ?? randomUUID() };
          const isHere = await isHeld(owner.userId, symbol);
          // Most likely new: `open` is right for both, and one call. A repeat is answered though it may not be opened now.
          if (!isHere && key === undefined && by.units > 0n) return undefined;
          const isAsked = allow !== undefined && isHere;
          const change =
            (isAsked ? await madeUnless(allow, asker, order) : undefined) ??
            (await unlessNotHeld(() => there.changeCoin(asker, order)));
          return change && made(owner, known, change);
        },
      ),
    open: (owner, { symbol, quoteAsset }, quantity, key) =>
      where(
        owner,
        () => here.open(owner, { symbol, quoteAsset }, quantity, key),
        async (known) => {
          const before = await madeBefore(owner, key, changeAsked(symbol, quantity));
          if (before) return before;
          const asker = askerOf(owner, known);
          const asset = symbol.slice(0, -quoteAsset.length).toUpperCase();
          const order = { symbol, asset, by: formatDecimal(quantity), idempotencyKey: key ?? randomUUID() };
          const change = await madeUnless(() => requireRoom(owner.userId, symbol), asker, order);
          return made(owner, known, change ?? (await there.changeCoin(asker, order)));
        },
      ),
    remove: (owner, symbol, key) =>
      where(
        owner,
        () => here.remove(owner, symbol, key),
        async (known) => {
          const before = await madeBefore(owner, key, removalAsked(symbol));
          if (before) return before;
          const order = { symbol, idempotencyKey: key ?? randomUUID() };
          const change = await unlessNotHeld(() => there.removeCoin(askerOf(owner, known), order));
          return change && made(owner, known, change);
        },
      ),
    undo: (owner, changeId) =>
      where(
        owner,
        () => here.undo(owner, changeId),
        async (known) => {
          const asker = askerOf(owner, known);
          const before = await here.madeHere(owner.userId, changeId);
          if (before?.undone) return before.undone;
          if (!before) return made(owner, known, await there.undoChange(asker, changeId));
          const { coin, delta } = before.change;
          const by = negate(parseDecimal(delta));
          // Named after what it reverses, so that it is done once.
          const order = {
            ...{ symbol: coin.symbol, asset: coin.symbol.slice(0, -coin.quoteAsset.length).toUpperCase() },
            ...{ by: formatDecimal(by), idempotencyKey: `undo:${before.change.id}` },
          };
          const requireRoomFor = async () => {
            if (by.units > 0n) await requireRoom(owner.userId, coin.symbol);
          };
          const change =
            (await madeUnless(requireRoomFor, asker, order)) ??
            (await unlessNotHeld(() => there.changeCoin(asker, order)));
          if (!change) throw tooLittle('0', coin.symbol, by);
          return made(owner, known, change);
        },
      ),
  };
};
