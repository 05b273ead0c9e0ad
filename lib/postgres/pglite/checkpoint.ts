import type { Clock } from '../../clock/clock.js';
import { lacksRoom } from '../../embedded-store/embedded-store.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { inBackground } from '../background.js';
import type { PgliteSession } from './session.js';

const periodMs = 30_000;
/** Two files of the log. A checkpoint of that much takes some tens of milliseconds. */
const maxLogBytes = 32 * 1024 ** 2;

/** Bytes of the log that a start after a kill would have to read, as numeric text. */
const lengthOfLog =
  'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::text as bytes from pg_control_checkpoint()';

/**
 * Keeps the log of the database short. A PostgreSQL server does that by itself; PGlite has no process for it, so that
 * its log grew for as long as a run took.
 */
export const keepLogShort = (
  session: PgliteSession,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
) => {
  const shorten = () =>
    inBackground(() =>
      session.alone(async (client) => {
        const { rows } = await client.query(lengthOfLog);
        const [{ bytes } = { bytes: '0' }] = rows as { readonly bytes: string }[];
        if (Number(bytes) > maxLogBytes) await client.query('checkpoint');
      }),
    );
  const timer = clock.every(periodMs, () => {
    // It is tried again in a moment; that the disk is full or the database away is told by whoever watches them.
    shorten().catch((err: unknown) =>
      log[lacksRoom(err) ? 'debug' : 'info']({ err }, 'the log of the embedded database was not shortened'),
    );
  });
  return { close: () => timer.cancel() };
};
