import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createTurns } from '@tickfolio/lib/lane/turns';
import { type Database, fromPostgresError } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import type { Beginning } from '../adoption/beginning.js';
import type { HandOver } from '../adoption/hand-over.js';
import type { HandBack } from '../adoption/restored.js';
import { profiles } from '../schema.js';
import type { Owner } from './portfolio-changes.js';
import { areMoved, beingMoved, deletedAccount, type Portfolios, turnsOfChanges } from './portfolios.js';

export interface WhereaboutsDeps {
  readonly db: Database;
  readonly here: Pick<Portfolios, 'createProfile'>;
  readonly beginning: Pick<Beginning, 'isBegun' | 'begin'>;
  readonly handOver: HandOver;
  readonly handBack: HandBack;
  /** Whether prices are made up; undefined while nobody knows. */
  readonly simulated: () => boolean | undefined;
  readonly clock: Clock;
}

/** Of one change: the portfolio service may not have heard of any coins, and then not of this user's. */
const maxTries = 3;

/** What is known here of somebody whose coins are there. */
export interface Known {
  /** What the versions of the portfolio service are added to. */
  readonly base: number;
  /** The highest of these that was heard of. */
  readonly heardVersion: number;
}

/**
 * Has a change made where the coins of its user are: in the portfolio service, once there was one, after whoever has
 * them here still has handed them over. @param kept changes them here @param asked changes them there; more than once
 * where that was restored, which changes nothing before it has what is known here
 */
export type Whereabouts = <T>(owner: Owner, kept: () => Promise<T>, asked: (known: Known) => Promise<T>) => Promise<T>;

export const createWhereabouts = (deps: WhereaboutsDeps): Whereabouts => {
  const { db, here, beginning, handOver, handBack, simulated, clock } = deps;
  // Each asks for itself: what came of one call says nothing of those that wait.
  const turns = createTurns({ ...turnsOfChanges(clock), failTogether: false });

  const find = async (userId: string): Promise<{ readonly known: Known | undefined } | undefined> => {
    const [found] = await db
      .select({ adoptedAt: profiles.adoptedAt, base: profiles.versionBase, version: profiles.version })
      .from(profiles)
      .where(eq(profiles.id, userId));
    if (!found) return undefined;
    const { adoptedAt, base, version } = found;
    return { known: adoptedAt && base !== null ? { base, heardVersion: version - base } : undefined };
  };
  /** @returns undefined where the portfolio service refused to take the coins */
  const bringThere = async (owner: Owner): Promise<Known | undefined> => {
    await beginning.begin();
    let profile = await find(owner.userId);
    if (!profile) {
      await here.createProfile(owner);
      profile = await find(owner.userId);
    }
    if (profile?.known) return profile.known;
    if (!(await handOver({ userId: owner.userId, requestId: owner.requestId, simulated: simulated() })))
      return undefined;
    const known = (await find(owner.userId))?.known;
    if (!known) throw beingMoved();
    return known;
  };
  const orGone = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.problem === 'gone') throw deletedAccount();
      throw fromPostgresError(thrown);
    }
  };
  return async (owner, kept, asked) => {
    const isBegun = await beginning.isBegun().catch((thrown: unknown) => {
      throw fromPostgresError(thrown);
    });
    if (!isBegun) {
      try {
        return await kept();
      } catch (thrown) {
        if (!areMoved(thrown)) throw thrown; // Else another replica began it meanwhile.
      }
    }
    const once = async () => {
      const known = await bringThere(owner);
      return known ? asked(known) : kept();
    };
    return turns.take(owner.userId, () =>
      orGone(async () => {
        for (let tries = 1; ; tries++) {
          try {
            return await once();
          } catch (thrown) {
            if (!(await handBack(owner.userId, thrown))) throw thrown;
            if (tries === maxTries) throw beingMoved();
          }
        }
      }),
    );
  };
};
