import type { ChainableCommander } from 'ioredis';
import type { Clock, Timer } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { createBackoff } from '../retry/retry.js';
import type { Logger, Metrics } from '../telemetry/telemetry.js';
import { createMissedChannels, missedChannel } from './missed-channels.js';
import type { Retained } from './pubsub.js';
import type { RedisConnection } from './redis-connection.js';
import { type Refusal, refusalOf, refusals } from './redis-refusal.js';

export interface RedisPublisherOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** How many writes may wait for Redis's answer. */
  readonly maxInFlight: number;
  /** How many retained texts are remembered while they cannot be written. */
  readonly maxUnwritten: number;
  /** How long a read may take, connecting included. */
  readonly requestTimeoutMs: number;
  /** Publishes to sharded channels. */
  readonly sharded: boolean;
}

export interface RedisPublisher {
  publish(channel: string, text: string, ...retain: readonly Retained[]): void;
  retain(entry: Retained): void;
  forget(keys: readonly string[]): void;
  read(keys: readonly string[]): Promise<(string | undefined)[]>;
  /**
   * To be called when the connection is ready: writes what could not be written, and says which channels missed
   * messages.
   */
  resume(): void;
  /** Waits, at most that long, for the answers to what was sent. */
  finish(withinMs: number): Promise<void>;
}

type Write =
  | { readonly kind: 'message'; readonly channel: string; readonly text: string }
  | { readonly kind: 'retained'; readonly key: string; readonly text: string; readonly order: number };

type Loss = 'disconnected' | 'overflow' | Refusal;

/**
 * What is refused for now is written once more after such a pause; all of it at once, so never sooner than after half a
 * second.
 */
const refusedPauses = { minRetryMs: 1_000, maxRetryMs: 10_000, leastShare: 0.5 };
/** How long losses are gathered before they are told. */
const missedPauseMs = 1_000;

/**
 * Writes of one turn of the event loop leave as one transaction, of which Redis does all or nothing; their answers are
 * only counted.
 */
export const createRedisPublisher = (connection: RedisConnection, options: RedisPublisherOptions): RedisPublisher => {
  const { clock, log, metrics, maxInFlight, maxUnwritten, requestTimeoutMs, sharded } = options;
  const messagesDropped = metrics.counter({
    name: 'redis_messages_dropped_total',
    help: 'Messages that were not sent to Redis, by reason.',
    labelNames: ['reason'],
  });
  const retainedDropped = metrics.counter({
    name: 'redis_retained_dropped_total',
    help: 'Retained texts that were given up, by reason.',
    labelNames: ['reason'],
  });
  for (const reason of ['disconnected', 'overflow', 'refused']) messagesDropped.inc({ reason }, 0);
  for (const reason of ['overflow', 'refused']) retainedDropped.inc({ reason }, 0);
  const refused = metrics.counter({
    name: 'redis_refused_total',
    help: 'Writes that Redis refused, by the first word of its answer; retained texts are written once more, but for `final` ones',
    labelNames: ['word'],
  });
  for (const word of refusals) refused.inc({ word }, 0);
  /** What could not be written: the latest of each key, the longest unchanged first. */
  const unwritten = new Map<string, Write & { readonly kind: 'retained' }>();
  let pending: Write[] = [];
  let inFlight = 0;
  const batches = new Set<readonly Write[]>();
  /** On its way when its key was forgotten: whoever keeps the key now may have written since. */
  const forgotten = new WeakSet<Write>();
  let order = 0;
  let overflowing = false;
  /** Kinds of writes of which the last one was refused: messages may pass where nothing may be kept. */
  const refusing = new Set<Write['kind']>();
  /**
   * What was to be kept and was refused is wanted by nobody any more: whether such a write would be refused still is
   * not known.
   */
  let doubtful = false;
  const refusedBackoff = createBackoff(refusedPauses);
  /** Until then nothing that was refused is written once more. */
  let resting: Timer | undefined;
  const missed = createMissedChannels();
  let telling: Timer | undefined;
  let finished: (() => void) | undefined;

  const remember = (write: Write & { readonly kind: 'retained' }) => {
    const known = unwritten.get(write.key);
    if (forgotten.has(write)) return;
    if (known && known.order > write.order) return;
    unwritten.delete(write.key);
    unwritten.set(write.key, write);
    if (unwritten.size <= maxUnwritten) return;
    const oldest = unwritten.keys().next().value;
    if (oldest !== undefined) unwritten.delete(oldest);
    retainedDropped.inc({ reason: 'overflow' });
  };
  const lose = (write: Write, reason: Loss) => {
    if (write.kind === 'retained') {
      if (reason === 'final') retainedDropped.inc({ reason: 'refused' });
      else remember(write);
      return;
    }
    if (write.channel === missedChannel) missed.putBack(write.text);
    else {
      messagesDropped.inc({ reason: reason === 'disconnected' || reason === 'overflow' ? reason : 'refused' });
      missed.add(write.channel);
    }
    telling ??= clock.after(missedPauseMs, tellMissed);
  };
  /** Whoever follows these channels has not heard of it otherwise: its own connection may have stood all the time. */
  const tellMissed = () => {
    telling?.cancel();
    telling = undefined;
    if (!connection.isUp()) return;
    const text = missed.take();
    if (text !== undefined) send({ kind: 'message', channel: missedChannel, text });
  };
  /** A server that has become a replica stays one, but its name may lead to another one by now. */
  const rest = (refusal: Refusal) => {
    if (resting) return;
    resting = clock.after(refusedBackoff.next(), () => {
      resting = undefined;
      if (refusal === 'READONLY') connection.renew();
      else writeAgain();
    });
  };
  /** @param sent what of the batch the results are of */
  const settle = (
    batch: readonly Write[],
    sent: readonly Write[],
    results: readonly [Error | null, unknown][] | null,
  ) => {
    inFlight -= batch.length;
    batches.delete(batch);
    const wasRefusing = refusing.size > 0;
    const refusedBefore = refusing.has('message') || (refusing.has('retained') && !doubtful);
    let refusal: Error | undefined;
    let passing: Refusal | undefined;
    let broken = false;
    sent.forEach((write, i) => {
      const err = results?.[i]?.[0];
      if (results && !err) {
        refusing.delete(write.kind);
        return;
      }
      const word = refusalOf(err);
      if (word === undefined) broken = true;
      else {
        refused.inc({ word });
        refusing.add(write.kind);
        if (write.kind === 'retained') doubtful = false;
        refusal ??= err ?? undefined;
        if (word !== 'final' && write.kind === 'retained') passing = word;
      }
      lose(write, word ?? 'disconnected');
    });
    if (refusal && !refusedBefore)
      log.warn({ err: refusal }, 'Redis refuses writes; what is to be kept is remembered and written once it may be');
    if (wasRefusing && refusing.size === 0) log.warn('Redis takes writes again.');
    if (passing) rest(passing);
    else if (!broken && !resting) refusedBackoff.reset();
    if (pending.length + inFlight < maxInFlight / 2) overflowing = false;
    // A socket that fails at once, before its end was noticed, must not be tried again and again in one turn; nor what
    // was just refused.
    if (!broken && !resting) writeBack();
    if (inFlight === 0 && pending.length === 0) finished?.();
  };
  const flush = () => {
    if (pending.length === 0) return;
    const batch = pending;
    pending = [];
    if (!connection.isUp()) {
      for (const write of batch) lose(write, 'disconnected');
      return;
    }
    inFlight += batch.length;
    batches.add(batch);
    exchange(batch, connection.redis.multi()).then(
      (results) => settle(batch, batch, results),
      // Redis refuses a transaction as a whole for one command in it: the others are sent alone.
      (err: Error) => (err.name === 'ReplyError' ? sendAlone(batch) : settle(batch, batch, null)),
    );
  };
  const sendAlone = (batch: readonly Write[]) => {
    const left = batch.filter((write) => !forgotten.has(write));
    exchange(left, connection.redis.pipeline()).then(
      (results) => settle(batch, left, results),
      () => settle(batch, left, null),
    );
  };
  const exchange = (batch: readonly Write[], commands: ChainableCommander) => {
    for (const write of batch) {
      if (write.kind === 'retained') commands.set(write.key, write.text);
      else if (sharded) commands.spublish(write.channel, write.text);
      else commands.publish(write.channel, write.text);
    }
    return commands.exec();
  };
  const send = (write: Write) => {
    if (!connection.isUp()) {
      lose(write, 'disconnected');
      return;
    }
    if (pending.length + inFlight >= maxInFlight) {
      if (!overflowing) log.warn({ maxInFlight }, 'Redis takes messages too slowly; what comes now is dropped');
      overflowing = true;
      lose(write, 'overflow');
      return;
    }
    // Whatever is remembered of this key is older, and must not be written after this.
    if (write.kind === 'retained') unwritten.delete(write.key);
    if (pending.length === 0) queueMicrotask(flush);
    pending.push(write);
  };
  const writeBack = () => {
    for (const write of unwritten.values()) {
      // Checked each time: what cannot be sent returns to this map, and the loop would never end.
      if (!connection.isUp() || pending.length + inFlight >= maxInFlight) return;
      send(write);
    }
  };
  /**
   * After a pause: what was refused, and is still to be kept, is written; where nothing is, no answer will tell whether
   * Redis takes it.
   */
  const writeAgain = () => {
    writeBack();
    const sent = [pending, ...batches].flat().some((write) => write.kind === 'retained');
    if (unwritten.size === 0 && !sent) doubtful = true;
  };
  const retain = ({ key, text }: Retained) => send({ kind: 'retained', key, text, order: order++ });

  return {
    publish: (channel, text, ...entries) => {
      for (const entry of entries) retain(entry);
      send({ kind: 'message', channel, text });
    },
    retain,
    forget: (keys) => {
      for (const key of keys) unwritten.delete(key);
      const named = new Set(keys);
      for (const batch of [pending, ...batches])
        for (const write of batch) if (write.kind === 'retained' && named.has(write.key)) forgotten.add(write);
    },
    read: async (keys) => {
      if (keys.length === 0) return [];
      await connection.whenUp(requestTimeoutMs);
      flush();
      const found = await connection.answer(connection.redis.mget([...keys]), requestTimeoutMs);
      if (found.length !== keys.length)
        throw new AppError('unavailable', 'Redis gave an answer that does not fit the question.');
      return found.map((text) => text ?? undefined);
    },
    resume: () => {
      resting?.cancel();
      resting = undefined;
      writeAgain();
      tellMissed();
    },
    finish: async (withinMs) => {
      tellMissed();
      flush();
      resting?.cancel();
      telling?.cancel();
      if (inFlight === 0) return;
      const done = new Promise<void>((resolve) => {
        finished = resolve;
      });
      await connection.answer(done, withinMs).catch(() => undefined);
    },
  };
};
