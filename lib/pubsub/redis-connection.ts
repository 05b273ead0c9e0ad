import { Redis } from 'ioredis';
import type { Clock } from '../clock/clock.js';
import { type Address, hostPort } from '../config/config.js';
import { AppError } from '../errors/errors.js';
import { retryPauseMs } from '../retry/retry.js';

export interface RedisConnectionOptions {
  readonly address: Address;
  readonly clock: Clock;
  /** How often an idle connection is asked for a sign of life. */
  readonly pingEveryMs: number;
  /** A connection on which an answer is due and nothing came for this long is closed and opened anew. */
  readonly silenceMs: number;
  /** The longest wait between two attempts to connect. */
  readonly maxRetryMs: number;
  /** Called when the connection is ready, also after each reconnect. */
  up(): void;
  /** Called when a ready connection is lost, or the first attempt failed. */
  down(reason: string): void;
}

/** One connection that comes back by itself. It never queues and never repeats a command: what fails, fails at once. */
export interface RedisConnection {
  readonly redis: Redis;
  readonly isUp: () => boolean;
  /** @throws AppError unavailable when there is no connection within the time. */
  whenUp(withinMs: number): Promise<void>;
  /** Opens it anew: its address may lead to another server by now. */
  renew(): void;
  /** The answer of a command. @throws AppError unavailable when it fails or takes longer. */
  answer<T>(command: Promise<T>, withinMs: number): Promise<T>;
  close(): Promise<void>;
}

const closeMs = 500;

export const openRedisConnection = (options: RedisConnectionOptions): RedisConnection => {
  const { address, clock, pingEveryMs, silenceMs, maxRetryMs } = options;
  const where = `Redis at ${hostPort(address)}`;
  let told: 'nothing' | 'up' | 'down' = 'nothing';
  let lastError = 'the connection was closed';
  let closing = false;
  const waiting = new Set<() => void>();

  const redis = new Redis({
    host: address.host,
    port: address.port,
    connectTimeout: silenceMs,
    socketTimeout: silenceMs,
    disconnectTimeout: closeMs,
    keepAlive: 10_000,
    retryStrategy: (attempt) => retryPauseMs({ minRetryMs: 50, maxRetryMs }, attempt - 1),
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
  });
  /** The driver's events come a moment after its status changed, so whoever acts on one asks here too. */
  const isUp = () => redis.status === 'ready';
  redis.on('error', (err: Error) => {
    lastError = err.message || String((err as NodeJS.ErrnoException).code ?? err);
  });
  redis.on('ready', () => {
    told = 'up';
    lastError = 'the connection was closed';
    options.up();
    for (const wake of [...waiting]) wake();
  });
  redis.on('close', () => {
    if (told === 'down' || closing) return;
    told = 'down';
    options.down(lastError);
  });
  // The ping's answer does not matter: without one `socketTimeout` closes the connection.
  const watch = clock.every(pingEveryMs, () => {
    if (isUp()) redis.ping().catch(() => undefined);
  });

  const answer = <T>(command: Promise<T>, withinMs: number): Promise<T> =>
    new Promise((resolve, reject) => {
      const refuse = (reason: string, cause?: unknown) =>
        reject(new AppError('unavailable', `${where} ${reason}.`, { cause }));
      const timer = clock.after(withinMs, () => refuse(`did not answer within ${withinMs} ms`));
      command
        .then(resolve, (err: Error) => refuse(`did not do what it was asked (${err.message})`, err))
        .finally(() => timer.cancel());
    });

  return {
    redis,
    isUp,
    answer,
    renew: () => redis.disconnect(true),
    whenUp: async (withinMs) => {
      if (closing) throw new AppError('unavailable', `The connection to ${where} is closed.`);
      if (isUp()) return;
      await new Promise<void>((resolve, reject) => {
        const finish = (fault?: string) => {
          timer.cancel();
          waiting.delete(wake);
          if (fault === undefined) resolve();
          else reject(new AppError('unavailable', fault));
        };
        const wake = () => {
          if (closing) finish(`The connection to ${where} is closed.`);
          else if (isUp()) finish();
        };
        const timer = clock.after(withinMs, () => finish(`${where} is not connected (${lastError}).`));
        waiting.add(wake);
      });
    },
    close: async () => {
      if (closing) return;
      closing = true;
      watch.cancel();
      for (const wake of [...waiting]) wake();
      const alive = redis.status === 'ready' || redis.status === 'connect' || redis.status === 'connecting';
      const ended = new Promise<void>((resolve) => redis.once('end', () => resolve()));
      redis.disconnect();
      if (alive) await answer(ended, 2 * closeMs).catch(() => undefined);
    },
  };
};
