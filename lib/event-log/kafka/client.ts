import { Kafka, logLevel, type RetryOptions } from 'kafkajs';
import type { Clock } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import type { Logger, Metrics } from '../../telemetry/telemetry.js';
import type { KafkaLimits } from './limits.js';

/** What every part of the Kafka adapter stands on. */
export interface KafkaDeps {
  /**
   * Makes a client with connections of its own. A consumer needs one: consumers of one client share what they know of
   * offsets.
   */
  readonly connect: (attempts: number) => Kafka;
  /** For people. */
  readonly where: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limits: KafkaLimits;
}

/**
 * kafkajs calls routine things errors (a rebalance, a coordinator that is still loading, each failed attempt to
 * connect). What matters the adapter says itself; only an offset that Kafka no longer has is known to nobody else.
 */
const levelOf = (level: logLevel, message: string): 'warn' | 'debug' | 'trace' => {
  if (message.startsWith('Offset out of range')) return 'warn';
  return level === logLevel.ERROR || level === logLevel.WARN ? 'debug' : 'trace';
};

/**
 * @param attempts how often kafkajs tries again by itself: connecting, and whatever fails for a reason that may pass.
 */
export const kafkaClients = (
  options: { readonly brokers: readonly string[]; readonly clientId: string; readonly log: Logger },
  limits: KafkaLimits,
): ((attempts: number) => Kafka) => {
  const { brokers, clientId, log } = options;
  const retryOf = (retries: number): RetryOptions => ({
    retries,
    initialRetryTime: limits.minRetryMs,
    maxRetryTime: limits.maxRetryMs,
    multiplier: 2,
    factor: 0.5,
  });
  return (attempts) =>
    new Kafka({
      brokers: [...brokers],
      clientId,
      connectionTimeout: limits.connectTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      retry: retryOf(attempts),
      logLevel: logLevel.INFO,
      logCreator:
        () =>
        ({ namespace, level, log: { message, timestamp: _, ...more } }) =>
          log[levelOf(level, message)]({ ...more, part: namespace }, `kafkajs: ${message}`),
    });
};

/** When a member of a group shows itself, by monotonic time. */
export interface HeartbeatPace {
  /** For kafkajs as its `heartbeatInterval`. */
  readonly interval: number;
  /** A heartbeat was answered. */
  beaten(): void;
}

/**
 * kafkajs sends a heartbeat once Date.now() has come to that of the last one and the interval, which takes an hour more
 * where the clock was set back by an hour: Kafka takes the member for dead by then. So it gets an interval that is asked
 * for its value each time: all of time, or none of it.
 */
export const createHeartbeatPace = (clock: Pick<Clock, 'monotonic'>, everyMs: number): HeartbeatPace => {
  let dueMs = Number.NEGATIVE_INFINITY;
  const left = () => (clock.monotonic() < dueMs ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
  return {
    interval: { valueOf: left } as unknown as number,
    beaten: () => {
      dueMs = clock.monotonic() + everyMs;
    },
  };
};

/** kafkajs wraps an error in each layer that tried again. @returns the innermost. */
export const rootOf = (err: unknown): Error & { readonly type?: string } => {
  let found = err;
  for (let depth = 0; depth < 10 && found instanceof Error && found.cause instanceof Error; depth++)
    found = found.cause;
  return found instanceof Error ? found : new Error(String(found));
};

const passing = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS']);

/** Whether it is only that the group deals its partitions out anew, or has done so. */
export const isRebalance = (err: unknown): boolean => passing.has(rootOf(err).type ?? '');

/**
 * Whether Kafka is set to take less at once than it was sent; nothing of the partition that it says this of was
 * written.
 */
export const isTooLarge = (err: unknown): boolean =>
  ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'].includes(rootOf(err).type ?? '');

/**
 * Whether trying again is no use: Kafka itself refused, or sent what kafkajs cannot read. kafkajs calls more than that
 * final, such as a coordinator that is not found while a broker starts.
 */
export const isFinal = (err: unknown): boolean => {
  const { name } = rootOf(err);
  if (name === 'KafkaJSProtocolError')
    return !(rootOf(err) as { readonly retriable?: boolean }).retriable && !isRebalance(err);
  return name === 'KafkaJSNotImplemented' || name === 'KafkaJSSASLAuthenticationError';
};

/**
 * Whether Kafka itself says that it will pass, such as a partition of a new topic whose leader is not known everywhere
 * yet.
 */
export const isPassing = (err: unknown): boolean => {
  const root = rootOf(err);
  return root.name === 'KafkaJSProtocolError' && (root as { readonly retriable?: boolean }).retriable === true;
};

/**
 * The promise's result. @throws AppError `unavailable` when it fails or takes longer, or `until` aborts before; the
 * work may go on.
 */
export const within = <T>(
  clock: Clock,
  boundMs: number,
  what: string,
  work: Promise<T>,
  until?: AbortSignal,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const refuse = (reason: string, cause?: unknown) =>
      reject(new AppError('unavailable', `${what} ${reason}.`, { cause }));
    const leave = () => refuse('was not waited for any longer');
    const timer = clock.after(boundMs, () => refuse(`did not answer within ${boundMs} ms`));
    if (until?.aborted) leave();
    until?.addEventListener('abort', leave, { once: true });
    work
      .then(resolve, (err: unknown) =>
        err instanceof AppError ? reject(err) : refuse(`did not do what it was asked (${rootOf(err).message})`, err),
      )
      .finally(() => {
        timer.cancel();
        until?.removeEventListener('abort', leave);
      });
  });
