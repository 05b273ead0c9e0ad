import { type Clock, waitUntil } from '../clock/clock.js';
import { type Address, hostPort } from '../config/config.js';
import { AppError } from '../errors/errors.js';
import type { Logger, Metrics } from '../telemetry/telemetry.js';
import type { PubSub } from './pubsub.js';
import { openRedisConnection, type RedisConnection } from './redis-connection.js';
import { createRedisPublisher } from './redis-publisher.js';
import { refusalOf } from './redis-refusal.js';
import { createRedisSubscriber } from './redis-subscriber.js';

export interface RedisPubSubOptions {
  readonly address: Address;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /**
   * Publishes to and follows sharded channels (SPUBLISH, SSUBSCRIBE), which a cluster does not send to its every node;
   * Redis 7 and later. All who talk to each other need the same. Default false.
   */
  readonly sharded?: boolean;
  /** How long `read`, `check` and following channels may take, connecting included. Default 3 000. */
  readonly requestTimeoutMs?: number;
  /** How many writes may wait for Redis's answer; more are dropped and counted. Default 10 000. */
  readonly maxInFlight?: number;
  /** How many retained texts are remembered for the time when Redis is back. Default 10 000. */
  readonly maxUnwritten?: number;
  /** How often an idle connection is asked for a sign of life. Default 5 000. */
  readonly pingEveryMs?: number;
  /** A connection that owes an answer and is silent for this long is opened anew. Default 3 000. */
  readonly silenceMs?: number;
  /** The longest wait between two attempts to connect. Default 1 000. */
  readonly maxRetryMs?: number;
  /** How long `close` waits for the answers to what was sent. Default 1 000. */
  readonly closeMs?: number;
}

/**
 * A pub/sub over Redis. Redis need not be up: the two connections (one publishes and reads, one listens) come and come
 * back by themselves. While there is none, messages are dropped and counted, retained texts are remembered (the latest
 * of each key) and written on return, and `read` and `subscribe` wait their bound and then throw AppError unavailable.
 * After a reconnect every subscription follows its channels again and is then told by `resumed`; so is one, of whatever
 * process, whose channels missed messages because the publisher alone was cut off.
 */
export const createRedisPubSub = (options: RedisPubSubOptions): PubSub => {
  const {
    address,
    log,
    metrics,
    clock,
    requestTimeoutMs = 3_000,
    maxInFlight = 10_000,
    maxUnwritten = 10_000,
  } = options;
  const { pingEveryMs = 5_000, silenceMs = 3_000, maxRetryMs = 1_000, closeMs = 1_000, sharded = false } = options;
  const where = `Redis at ${hostPort(address)}`;
  const connected = metrics.gauge({ name: 'redis_connected', help: '1 while both connections to Redis stand.' });
  const losses = metrics.counter({
    name: 'redis_connection_losses_total',
    help: 'How often a connection to Redis was lost.',
  });
  let announced: 'nothing' | 'up' | 'down' = 'nothing';
  let closed = false;
  let unable: string | undefined;
  let wasUp = false;
  const returned: (() => void)[] = [];

  /** An older server would refuse every message; it is better told in words. */
  const checkSharded = async () => {
    const known = await publishing.redis.call('COMMAND', 'INFO', 'SPUBLISH').catch(() => undefined);
    if (!Array.isArray(known)) return; // The connection is lost again.
    unable = known[0]
      ? undefined
      : `${where} has no sharded pub/sub: that takes Redis 7 or later, or REDIS_SHARDED_PUBSUB=off`;
    if (unable !== undefined) log.error(`${unable}.`);
  };
  const isUp = () => publishing.isUp() && listening.isUp();
  const up = () => {
    if (!isUp()) return;
    connected.set(1);
    if (announced === 'down') log.warn(`The connection to ${where} is back.`);
    else log.info(`Connected to ${where}.`);
    announced = 'up';
  };
  const down = (reason: string) => {
    connected.set(0);
    if (announced === 'up') losses.inc();
    if (announced === 'down') return;
    log.warn(
      { reason },
      announced === 'up'
        ? `The connection to ${where} is lost; messages are dropped until it is back.`
        : `${where} cannot be reached yet; trying on.`,
    );
    announced = 'down';
  };
  const open = (connection: { up(): void; down(): void }): RedisConnection =>
    openRedisConnection({
      address,
      clock,
      pingEveryMs,
      silenceMs,
      maxRetryMs,
      up: () => {
        up();
        connection.up();
      },
      down: (reason) => {
        down(reason);
        connection.down();
      },
    });

  const publishing = open({
    up: () => {
      publisher.resume();
      if (wasUp) for (const run of returned) run();
      wasUp = true;
      if (sharded) void checkSharded();
    },
    down: () => undefined,
  });
  const listening = open({ up: () => subscriber.resume(), down: () => subscriber.interrupt() });
  const publisher = createRedisPublisher(publishing, {
    clock,
    log,
    metrics,
    maxInFlight,
    maxUnwritten,
    requestTimeoutMs,
    sharded,
  });
  const subscriber = createRedisSubscriber(listening, { log, clock, requestTimeoutMs, sharded });
  const refuseClosed = () => {
    if (closed) throw new AppError('unavailable', 'The pub/sub is closed.');
  };

  return {
    publish: (channel, text, ...retain) => {
      if (!closed) publisher.publish(channel, text, ...retain);
    },
    retain: (entry) => {
      if (!closed) publisher.retain(entry);
    },
    forget: publisher.forget,
    read: async (keys) => {
      refuseClosed();
      return publisher.read(keys);
    },
    subscribe: async (channels, listener) => {
      refuseClosed();
      // So that who subscribed may count on publishing too, right from the start.
      await publishing.whenUp(requestTimeoutMs);
      return subscriber.subscribe(channels, listener);
    },
    onReturn: (run) => void returned.push(run),
    check: async () => {
      if (closed) return 'is closed';
      if (!isUp()) return `${where} is not connected`;
      if (unable !== undefined) return unable;
      // A Redis that cannot save refuses PING along with what is to be kept, and hands messages on all the same.
      const asked = publishing.redis.ping().catch((err: Error) => {
        if (refusalOf(err) !== 'MISCONF') throw err;
      });
      return publishing.answer(asked, requestTimeoutMs).then(
        () => undefined,
        (err: Error) => err.message,
      );
    },
    close: async (until) => {
      if (closed) return;
      closed = true;
      connected.set(0);
      await waitUntil(until, publisher.finish(closeMs));
      subscriber.close();
      await Promise.all([publishing.close(), listening.close()]);
    },
  };
};
