import { type Clock, sleep } from '../../clock/clock.js';
import { AppError, toAppError } from '../../errors/errors.js';
import { type Database, inBackground } from '../../postgres/postgres.js';
import { retrying } from '../../retry/retry.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { detached } from '../../tracing/tracing.js';
import type { AskOwner, Filling } from './filling.js';
import type { createSources } from './sources.js';
import type { ConsumedTopic } from './taking/consumed-topic.js';
import { type Incoming, readListed } from './taking/incoming.js';
import type { createStandings } from './taking/standings.js';
import { type Bury, beatUntil } from './taking/take.js';

export interface ReadingDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly sources: ReturnType<typeof createSources>;
  readonly standings: ReturnType<typeof createStandings>;
  readonly ask: AskOwner;
  /** With whatever is missing before them. */
  readonly take: (events: readonly Incoming[], beat: () => Promise<void>) => Promise<void>;
  readonly filling: Filling;
  readonly bury: Bury;
  readonly signal: AbortSignal;
}

const retry = { minRetryMs: 100, maxRetryMs: 5_000 };
/** Between two looks at what an owner has written meanwhile. */
const laterMs = 30_000;
/** Of one answer, the most that there are. */
const readEvents = 500;
/** Of one look at what was not told anew. */
const pageStreams = 200;
/** A name that no stream has: of one without events the owner says under which epoch it stands. */
const noStream = 'none:';

/** Reads all events of one owner from its own table, oldest first, wherever an earlier reading ended. */
export interface Reading {
  /** The highest that was seen of it, 0 for none. */
  readonly epoch: number;
  /** Resolves when all were read for the first time. */
  readonly known: Promise<void>;
  /** What keeps it from being read, or that it is not read yet, in words. */
  problem(): string | undefined;
  /**
   * All of it again, where it is of a higher epoch, as it says itself. Resolves when that is written down.
   * @throws AppError unavailable where it does not say so
   */
  raise(epoch: number): Promise<void>;
  /** What was written since. Resolves when that is written down. */
  again(): Promise<void>;
  /** Goes on with what another replica began to read and left. */
  look(): Promise<void>;
  /** Resolves when nothing is read any more, which the signal sees to. */
  over(): Promise<void>;
}

/** @param topics all of one source, which can be asked */
export const startReading = (deps: ReadingDeps, source: string, topics: readonly ConsumedTopic[]): Reading => {
  const { db, clock, log, sources, standings, ask, take, filling, bury, signal } = deps;
  const [first] = topics;
  if (!first) throw new Error('no topic of the source');
  let epoch = 0;
  let isKnown = false;
  let trouble: string | undefined;
  let running: Promise<void> | undefined;
  let more = false;
  let nap: AbortController | undefined;
  let know: () => void = () => undefined;
  const known = new Promise<void>((resolve) => {
    know = resolve;
  });

  const beat = beatUntil(signal);
  const find = async () => {
    const found = await sources.find(source);
    epoch = Math.max(epoch, found.epoch);
    if (found.isKnown && !isKnown) {
      isKnown = true;
      know();
    }
    return found;
  };
  const askEpoch = async () => (await ask(first, { stream: noStream, fromVersion: 1 }, 1)).stream?.epoch ?? 1;
  /** Streams that were not told anew: the owner does not have them any more, or told something just now. */
  const renewRest = async () => {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const streams = await standings.former(db, { source, epoch, after, limit: pageStreams });
      for (const stream of streams) {
        await filling.whole({ stream, source }, beat);
        await beat();
      }
      after = streams.length < pageStreams ? undefined : streams.at(-1);
    }
  };
  /** @returns whether it is at its end for good */
  const readToEnd = async (): Promise<boolean> => {
    for (;;) {
      await beat();
      const found = await find();
      if (!found.isRead) return true;
      const page = await ask(first, { afterSeq: found.afterSeq }, readEvents);
      const { events, dead } = readListed(topics, page.events);
      const newest = Math.max(0, ...events.map((event) => event.epoch));
      if (found.epoch > 0 && newest > found.epoch) {
        await sources.raise(source, newest);
        continue;
      }
      await take(events, beat);
      if (dead.length > 0) await bury(first, dead);
      if (page.events.length > 0) {
        await sources.advance(source, Math.max(found.epoch, newest), page.next);
        continue;
      }
      const end = await askEpoch();
      if (found.epoch > 0 && end > found.epoch) {
        await sources.raise(source, end);
        continue;
      }
      epoch = Math.max(epoch, end);
      await renewRest();
      await sources.ended(source, end, found);
      return !(await find()).isRead;
    }
  };
  const isPassing = (thrown: unknown) => {
    const err = toAppError(thrown);
    if (trouble === undefined && !signal.aborted)
      log.warn({ err, source }, 'the events of an owner could not be read; trying again');
    trouble = err.message;
    return true;
  };
  const read = async (): Promise<void> => {
    do {
      more = false;
      const isOver = await retrying(clock, retry, signal, isPassing, readToEnd);
      trouble = undefined;
      if (isOver === false && !more) {
        nap = new AbortController();
        await sleep(clock, laterMs, AbortSignal.any([signal, nap.signal]));
        more = true;
      }
    } while (more && !signal.aborted);
    running = undefined;
  };
  const wake = () => {
    more = true;
    nap?.abort();
    if (running || signal.aborted) return;
    running = detached(() => inBackground(read));
  };
  wake();
  return {
    get epoch() {
      return epoch;
    },
    known,
    problem: () => {
      if (trouble !== undefined) return `the events of ${source} cannot be read: ${trouble}`;
      return isKnown ? undefined : `the events of ${source} are being read`;
    },
    raise: async (seen) => {
      if (seen <= epoch) return;
      const said = await askEpoch();
      // Else everything that it tells would be of before.
      if (said < seen)
        throw new AppError('unavailable', `${source} is of epoch ${said}, and an event of it says ${seen}.`);
      log.warn({ source, epoch: seen }, 'the owner of events was restored from a backup; they are read anew');
      await sources.raise(source, seen);
      epoch = seen;
      wake();
    },
    again: async () => {
      await sources.again(source);
      wake();
    },
    look: async () => {
      if (!running && (await find()).isRead) wake();
    },
    over: async () => {
      await running;
    },
  };
};
