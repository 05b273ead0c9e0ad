import type { ChainableCommander } from 'ioredis';
import { AppError } from '../errors/errors.js';
import type { Logger, Metrics } from '../telemetry/telemetry.js';
import type { Retained } from './pubsub.js';
import type { RedisConnection } from './redis-connection.js';

export interface RedisPublisherOptions {
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
  read(keys: readonly string[]): Promise<(string | undefined)[]>;
  /** To be called when the connection is ready: writes what could not be written. */
  resume(): void;
  /** Waits, at most that long, for the answers to what was sent. */
  finish(withinMs: number): Promise<void>;
}

type Write =
  | { readonly kind: 'message'; readonly channel: string; readonly text: string }
  | { readonly kind: 'retained'; readonly key: string; readonly text: string; readonly order: number };

type Loss = 'disconnected' | 'overflow' | 'refused';

/** Writes of one turn of the event loop leave as one transaction, of which Redis does all or nothing; their answers are only counted. */
export const createRedisPublisher = (connection: RedisConnection, options: RedisPublisherOptions): RedisPublisher => {
  const { log, metrics, maxInFlight, maxUnwritten, requestTimeoutMs, sharded } = options;
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
  /** What the connection's loss kept from being written: the latest of each key, the longest unchanged first. */
  const unwritten = new Map<string, Write & { readonly kind: 'retained' }>();
  let pending: Write[] = [];
  let inFlight = 0;
  let order = 0;
  let overflowing = false;
  let refusing = false;
  let finished: (() => void) | undefined;

  const remember = (write: Write & { readonly kind: 'retained' }) => {
    const known = unwritten.get(write.key);
    if (known && known.order > write.order) return;
    unwritten.delete(write.key);
    unwritten.set(write.key, write);
    if (unwritten.size <= maxUnwritten) return;
    const oldest = unwritten.keys().next().value;
    if (oldest !== undefined) unwritten.delete(oldest);
    retainedDropped.inc({ reason: 'overflow' });
  };
  const lose = (write: Write, reason: Loss) => {
    if (write.kind === 'message') messagesDropped.inc({ reason });
    else if (reason === 'refused') retainedDropped.inc({ reason });
    else remember(write);
  };
  const settle = (batch: readonly Write[], results: readonly [Error | null, unknown][] | null) => {
    inFlight -= batch.length;
    let refusal: Error | undefined;
    let broken = false;
    batch.forEach((write, i) => {
      const err = results?.[i]?.[0];
      if (results && !err) return;
      if (err?.name === 'ReplyError') refusal ??= err;
      else broken = true;
      lose(write, err?.name === 'ReplyError' ? 'refused' : 'disconnected');
    });
    if (refusal && !refusing) log.warn({ err: refusal }, 'Redis refuses writes; they are dropped');
    refusing = refusal !== undefined;
    if (pending.length + inFlight < maxInFlight / 2) overflowing = false;
    // A socket that fails at once, before its end was noticed, must not be tried again and again in one turn.
    if (!broken) writeBack();
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
    exchange(batch, connection.redis.multi()).then(
      (results) => settle(batch, results),
      // Redis refuses a transaction as a whole for one command in it: the others are sent alone.
      (err: Error) =>
        (err.name === 'ReplyError' ? exchange(batch, connection.redis.pipeline()) : Promise.reject(err)).then(
          (results) => settle(batch, results),
          () => settle(batch, null),
        ),
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
  const retain = ({ key, text }: Retained) => send({ kind: 'retained', key, text, order: order++ });

  return {
    publish: (channel, text, ...entries) => {
      for (const entry of entries) retain(entry);
      send({ kind: 'message', channel, text });
    },
    retain,
    read: async (keys) => {
      if (keys.length === 0) return [];
      await connection.whenUp(requestTimeoutMs);
      flush();
      const found = await connection.answer(connection.redis.mget([...keys]), requestTimeoutMs);
      if (found.length !== keys.length) throw new AppError('unavailable', 'Redis gave an answer that does not fit the question.');
      return found.map((text) => text ?? undefined);
    },
    resume: writeBack,
    finish: async (withinMs) => {
      flush();
      if (inFlight === 0) return;
      const done = new Promise<void>((resolve) => {
        finished = resolve;
      });
      await connection.answer(done, withinMs).catch(() => undefined);
    },
  };
};
