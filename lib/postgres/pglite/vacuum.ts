import type { Clock } from '../../clock/clock.js';
import { lacksRoom } from '../../embedded-store/embedded-store.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { inBackground } from '../background.js';
import type { PgliteSession } from './session.js';

const periodMs = 30_000;

/**
 * Tables of which so much was changed that a PostgreSQL server would vacuum them by itself: 50 rows and a fifth of
 * them.
 */
const muchChanged = `select format('%I.%I', schemaname, relname) as path from pg_stat_user_tables
  where n_dead_tup > 50 + 0.2 * n_live_tup order by n_dead_tup desc limit 20`;

/** One round. @returns the tables that were vacuumed */
export const vacuumOnce = (session: PgliteSession): Promise<string[]> =>
  inBackground(async () => {
    // What was changed a moment ago is counted, too.
    await session.query('select pg_stat_force_next_flush()');
    const { rows } = await session.query(muchChanged);
    const paths = (rows as { readonly path: string }[]).map(({ path }) => path);
    // A turn each.
    for (const path of paths) await session.query(`vacuum ${path}`);
    return paths;
  });

/**
 * Lets rows that were changed or removed be used again. A PostgreSQL server does that by itself; PGlite has no process
 * for it, so that a table that was emptied after each filling grew with every round.
 */
export const vacuumNowAndThen = (
  session: PgliteSession,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
) => {
  let running = false;
  const round = async () => {
    if (running) return;
    running = true;
    try {
      await vacuumOnce(session);
    } catch (err) {
      // It is tried again in a moment; that the disk is full or the database away is told by whoever watches them.
      log[lacksRoom(err) ? 'debug' : 'info']({ err }, 'the embedded database was not vacuumed');
    } finally {
      running = false;
    }
  };
  const timer = clock.every(periodMs, () => void round());
  return { close: () => timer.cancel() };
};
