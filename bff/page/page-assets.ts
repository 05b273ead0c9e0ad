import { type Clock, sleep } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { compress, type StaticFile } from '@tickfolio/lib/http';
import { createTurns } from '@tickfolio/lib/lane/turns';
import {
  type Database,
  type DatabaseTime,
  databaseTime,
  fromPostgresError,
  inBackground,
} from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { eq, inArray, lt, sql } from 'drizzle-orm';
import { pageAssets } from '../schema.js';
import { fileOf } from './page-files.js';

/**
 * What replicas of several builds of the page share: each serves the files of all, by the names that are made of their
 * content.
 */
export interface PageAssets {
  /**
   * Hands this build's files to the others, and says so again until it is closed. Resolves when they have them, or it
   * took too long. Never throws.
   */
  offer(): Promise<void>;
  /** A file of another build. @throws AppError unavailable */
  find(name: string): Promise<StaticFile | undefined>;
  close(): void;
}

export interface PageAssetsDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** When a file was seen last. Default the database's own. */
  readonly time?: DatabaseTime;
  readonly log: Logger;
  /** This build's, by name. */
  readonly files: ReadonlyMap<string, StaticFile>;
}

/** How often a replica says that it serves its build. */
const offerEveryMs = 10 * 60_000;
/** How long a start waits until the others have its files. */
const maxOfferMs = 3_000;

export interface PageAssetsOptions {
  /** How long after the last replica of their build files are kept. Default a day. */
  readonly keepMs?: number;
}

/** Bytes of other builds that are held in memory; a build has less than 1 MB. */
const maxHeldBytes = 8 * 1_048_576;
/** Whoever asks for what there is not costs two connections of the database at most. */
const maxAsking = 2;
const maxWaiting = 200;
const maxWaitMs = 5_000;
const minBytesToCompress = 600;

export const createPageAssets = (
  { db, clock, time = databaseTime, log, files }: PageAssetsDeps,
  options: PageAssetsOptions = {},
): PageAssets => {
  const { keepMs = 24 * 3_600_000 } = options;
  const own = [...files].filter(([, { forEver }]) => forEver);
  const held = new Map<string, StaticFile>();
  let heldBytes = 0;
  const turns = createTurns({
    clock,
    atOnce: maxAsking,
    maxWaiting,
    maxWaitMs,
    words: 'Too many files are asked for.',
  });

  const write = async () => {
    const seenAt = time();
    const names = own.map(([name]) => name);
    const there = await db
      .update(pageAssets)
      .set({ seenAt })
      .where(inArray(pageAssets.name, names))
      .returning({ name: pageAssets.name });
    const known = new Set(there.map(({ name }) => name));
    for (const [name, { bytes }] of own)
      if (!known.has(name)) await db.insert(pageAssets).values({ name, bytes, seenAt }).onConflictDoNothing();
    // A clock that is ahead for a while takes nothing from pages that are open: the database's has to agree.
    const before = new Date(clock.now() - keepMs).toISOString();
    await db
      .delete(pageAssets)
      .where(
        lt(pageAssets.seenAt, sql`least(${before}::timestamptz, ${time()} - make_interval(secs => ${keepMs / 1_000}))`),
      );
  };
  const offer = () =>
    // Nobody who signs in should wait for it, where the database has one connection.
    inBackground(write).catch((err: unknown) => {
      log.warn(
        { err: fromPostgresError(err) },
        'the files of the page could not be handed to other replicas; trying again later',
      );
    });
  const timer = clock.every(offerEveryMs, () => void offer());

  const read = async (name: string): Promise<StaticFile | undefined> => {
    const [row] = await db.select({ bytes: pageAssets.bytes }).from(pageAssets).where(eq(pageAssets.name, name));
    if (!row) return undefined;
    const bytes = Buffer.from(row.bytes);
    const isText = /\.(js|css|svg|json)$/.test(name) && bytes.length >= minBytesToCompress;
    const file = fileOf(name, bytes, isText ? { gzip: await compress('gzip', bytes, 6) } : {});
    if (heldBytes + bytes.length <= maxHeldBytes && !held.has(name)) {
      held.set(name, file);
      heldBytes += bytes.length;
    }
    return file;
  };
  return {
    offer: async () => {
      const late = new AbortController();
      await Promise.race([offer(), sleep(clock, maxOfferMs, late.signal)]);
      late.abort();
    },
    find: async (name) => {
      const known = held.get(name);
      if (known) return known;
      try {
        return await turns.take('', () => read(name));
      } catch (err) {
        if (err instanceof AppError && err.code === 'resource_exhausted')
          throw new AppError('unavailable', err.message, { cause: err, retryAfterMs: 1_000 }); // Others asked for them.
        throw fromPostgresError(err);
      }
    },
    close: () => timer.cancel(),
  };
};
