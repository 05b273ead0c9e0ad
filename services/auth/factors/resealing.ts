import { type Clock, sleep } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { type Database, fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import { retrying } from '@tickfolio/lib/retry';
import type { Sealer } from '@tickfolio/lib/sealed';
import type { Logger } from '@tickfolio/lib/telemetry';
import { and, asc, eq, gt, notLike } from 'drizzle-orm';
import type { AuthLimits } from '../limits.js';
import { totpSecrets } from '../schema.js';
import { totpPlace } from './totp.js';

export interface ResealingDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly sealer: Sealer;
  readonly limits: Pick<AuthLimits, 'resealAfterMs'>;
}

const pageRows = 100;
const noUser = '00000000-0000-0000-0000-000000000000';
const retryPauses = { minRetryMs: 1_000, maxRetryMs: 10 * 60_000 };

/**
 * Seals the secrets of authenticator apps with the present key where another one did, so that the other one may be taken
 * away. It waits first: while replicas are restarted one after the other, some do not have the present key. It ends when
 * there was nothing left to do. `close` waits for the page that runs.
 */
export const startResealing = ({ db, clock, log, sealer, limits }: ResealingDeps): { close(): Promise<void> } => {
  const stop = new AbortController();

  const resealed = (sealed: string, userId: string): string | undefined => {
    try {
      return sealer.seal(sealer.open(sealed, totpPlace(userId)), totpPlace(userId));
    } catch (err) {
      if (err instanceof AppError) return undefined;
      throw err;
    }
  };
  /** Looks at all that another key sealed. */
  const pass = async () => {
    const found = { resealed: 0, lost: 0 };
    for (let after = noUser; !stop.signal.aborted; ) {
      const isOfAnother = and(gt(totpSecrets.userId, after), notLike(totpSecrets.sealed, `${sealer.prefix}%`));
      const rows = await db
        .select({ userId: totpSecrets.userId, sealed: totpSecrets.sealed })
        .from(totpSecrets)
        .where(isOfAnother)
        .orderBy(asc(totpSecrets.userId))
        .limit(pageRows);
      for (const { userId, sealed } of rows) {
        const anew = resealed(sealed, userId);
        const isSame = and(eq(totpSecrets.userId, userId), eq(totpSecrets.sealed, sealed));
        if (anew === undefined) found.lost++;
        else found.resealed += (await db.update(totpSecrets).set({ sealed: anew }).where(isSame).returning()).length;
      }
      const last = rows.at(-1);
      if (!last || rows.length < pageRows) break;
      after = last.userId;
    }
    return found;
  };
  const passUntilRead = () =>
    retrying(
      clock,
      retryPauses,
      stop.signal,
      (err, { retryInMs }) => {
        const facts = { err: fromPostgresError(err), retryInMs };
        log.warn(facts, 'authenticator apps could not be looked through for keys of before; trying again');
        return true;
      },
      () => inBackground(pass),
    );
  const run = async () => {
    for (let resealed = 0; ; ) {
      await sleep(clock, limits.resealAfterMs, stop.signal);
      const found = await passUntilRead();
      if (!found || stop.signal.aborted) return;
      resealed += found.resealed;
      if (found.resealed > 0) continue; // Another replica may have used the key of before meanwhile.
      const facts = { resealed, lost: found.lost };
      if (found.lost === 0) log.info(facts, 'all authenticator apps are sealed with the present key');
      else
        log.warn(
          facts,
          'authenticator apps were sealed with a key that the service does not have any more; their owners sign in with recovery codes',
        );
      return;
    }
  };
  const running = run();
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
};
