import type { AdoptedCoin, Coins } from '@tickfolio/gen/portfolio/v1/holding';
import { AppError } from '@tickfolio/lib/errors';
import { canonical } from '@tickfolio/lib/money';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { coins, profiles } from '../schema.js';
import { createCatchUp } from './catch-up.js';
import type { HoldingAsker, HoldingClient } from './holding-client.js';

/**
 * Gives the coins of one user to the portfolio service: nobody changes them from before it is asked until it has them,
 * and no transaction is open while it is asked. Whoever is killed at any point is repeated by the next, and so is who
 * comes second. @returns false where it refuses them: then they stay here @throws AppError unavailable while it is away
 */
export type HandOver = (asker: HoldingAsker) => Promise<boolean>;

export interface HandOverDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  readonly client: Pick<HoldingClient, 'adoptHoldings' | 'listCoins'>;
  readonly log: Logger;
}

/** What nobody changes meanwhile. */
interface Stopped {
  /** The version of then: whoever stops them later, after a change, has another. */
  readonly base: number;
  readonly held: readonly AdoptedCoin[];
}

/** By symbol, without what came to nothing. */
const amounts = (held: readonly { readonly symbol: string; readonly id: number; readonly quantity: string }[]) =>
  held
    .map(({ symbol, id, quantity }) => `${symbol} ${id} ${canonical(quantity)}`)
    .sort()
    .join();

const isSame = ({ coins }: Pick<Coins, 'coins'>, held: readonly AdoptedCoin[]): boolean =>
  amounts(coins.map(({ via, id, available }) => ({ symbol: via, id, quantity: available }))) === amounts(held);

export const createHandOver = ({ db, time, client, log }: HandOverDeps): HandOver => {
  const catchUp = createCatchUp({ db, time });
  const notYet = (userId: string) => and(eq(profiles.id, userId), isNull(profiles.adoptedAt));
  const stillStopped = (userId: string, { base }: Stopped) => and(notYet(userId), eq(profiles.versionBase, base));

  /** Stops changes. @returns what is held then; undefined where it was handed over meanwhile */
  const stop = (userId: string): Promise<Stopped | undefined> =>
    db.transaction(async (tx) => {
      const [stopped] = await tx
        .update(profiles)
        .set({
          adoptingAt: sql`coalesce(${profiles.adoptingAt}, ${time()})`,
          versionBase: sql`coalesce(${profiles.versionBase}, ${profiles.version})`,
        })
        .where(notYet(userId))
        .returning({ base: sql`${profiles.versionBase}`.mapWith(Number) });
      if (!stopped) return undefined;
      const rows = await tx
        .select()
        .from(coins)
        .where(and(eq(coins.userId, userId), gt(coins.quantity, '0')))
        .orderBy(asc(coins.id));
      const held = rows.map(({ id, symbol, quoteAsset, quantity, createdAt }) => ({
        ...{ id, symbol, quoteAsset, quantity: canonical(quantity), createdAtMs: createdAt.getTime() },
      }));
      return { base: stopped.base, held };
    });
  const finish = async (userId: string, stopped: Stopped, version: number) => {
    await db
      .update(profiles)
      .set({
        adoptedAt: time(),
        version: sql`greatest(${profiles.version}, ${profiles.versionBase} + ${version}::bigint)`,
      })
      .where(stillStopped(userId, stopped));
  };
  /** It took nothing, so they are changed here as before; unless that was so already, and others were given since. */
  const takeBack = async (userId: string, stopped: Stopped) => {
    await db.update(profiles).set({ adoptingAt: null, versionBase: null }).where(stillStopped(userId, stopped));
  };
  const adopt = async (asker: HoldingAsker, { held }: Stopped) => {
    try {
      return await client.adoptHoldings(asker, held);
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.code === 'invalid_argument')) throw thrown;
      const about = { err: thrown, userId: asker.userId, coins: held.length };
      log.error(about, 'holdings were refused by the portfolio service');
      return undefined;
    }
  };

  return async (asker) => {
    const { userId } = asker;
    const stopped = await stop(userId);
    if (!stopped) return true;
    // Once anything of this user became known there, its word is right, and what is held here is no more than heard of.
    const known = await client.listCoins(asker);
    if (known.version > 0) {
      // All that became of it may be that it was taken over, and the answer was late: of hundreds that says nothing new.
      if (known.version !== known.coins.length || !isSame(known, stopped.held))
        await catchUp(userId, stopped.held, known);
      await finish(userId, stopped, known.version);
      return true;
    }
    const taken = await adopt(asker, stopped);
    if (!taken) {
      await takeBack(userId, stopped);
      return false;
    }
    if (!isSame(taken, stopped.held)) {
      log.warn({ userId, coins: stopped.held.length }, 'the portfolio service has other holdings than were known here');
      await catchUp(userId, stopped.held, taken);
    }
    await finish(userId, stopped, taken.version);
    return true;
  };
};
