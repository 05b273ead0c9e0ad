import type { Clock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import type { Logger } from '../telemetry/telemetry.js';
import { missedChannel, readMissed } from './missed-channels.js';
import type { Listener, Subscription } from './pubsub.js';
import type { RedisConnection } from './redis-connection.js';

export interface RedisSubscriberOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** How long following channels may take, connecting included. */
  readonly requestTimeoutMs: number;
  /** Follows sharded channels. */
  readonly sharded: boolean;
}

export interface RedisSubscriber {
  subscribe(channels: readonly string[], listener: Listener): Promise<Subscription>;
  /** To be called when the connection is ready: follows everything wanted on it. */
  resume(): void;
  /** To be called when the connection was lost. */
  interrupt(): void;
  close(): void;
}

/** One caller's subscription; many share the connection. */
interface Follower {
  readonly channels: Set<string>;
  readonly listener: Listener;
  closed: boolean;
}

interface Waiting {
  readonly missing: Set<string>;
  done(): void;
}

const maxChannelsPerCommand = 1_000;
const refusalPauseMs = 1_000;

/**
 * Keeps one connection subscribed to exactly what its subscriptions want, in one running exchange with the server at a
 * time.
 */
export const createRedisSubscriber = (
  connection: RedisConnection,
  options: RedisSubscriberOptions,
): RedisSubscriber => {
  const { log, clock, requestTimeoutMs, sharded } = options;
  const { redis } = connection;
  const wanted = new Map<string, Set<Follower>>();
  /** Followed at the server, and not about to be left there. */
  const active = new Set<string>();
  /** Channels whose state at the server may differ from what is wanted. */
  const changed = new Set<string>();
  const waiting = new Set<Waiting>();
  const followers = new Set<Follower>();
  /** Whom to tell once everything is followed again. */
  const interrupted = new Set<Follower>();
  let syncing = false;
  let closed = false;

  const guarded = (what: string, channel: string | undefined, run: () => void) => {
    try {
      run();
    } catch (err) {
      log.error({ err, channel }, `a pub/sub listener failed on ${what}`);
    }
  };
  redis.on(sharded ? 'smessage' : 'message', (channel: string, text: string) => {
    for (const follower of [...(wanted.get(channel) ?? [])]) {
      if (follower.channels.has(channel)) guarded('a message', channel, () => follower.listener.message(channel, text));
    }
  });

  const tellMissed = (text: string) => {
    const missed = readMissed(text);
    if (missed === undefined) {
      log.warn('a message about missed messages could not be read and was skipped');
      return;
    }
    for (const follower of [...followers]) {
      const concerned = missed === 'all' || missed.some((channel) => follower.channels.has(channel));
      if (concerned && !follower.closed) guarded('missed messages', undefined, () => follower.listener.resumed?.());
    }
  };
  /** Follows, for all of them, what publishers could not send. */
  const watcher: Follower = {
    channels: new Set([missedChannel]),
    listener: { message: (_channel, text) => tellMissed(text) },
    closed: false,
  };

  const take = (test: (channel: string) => boolean): string[] => {
    const taken: string[] = [];
    for (const channel of changed) {
      if (taken.length === maxChannelsPerCommand) break;
      if (test(channel)) taken.push(channel);
    }
    for (const channel of taken) changed.delete(channel);
    return taken;
  };
  const activated = (channels: readonly string[]) => {
    for (const channel of channels) active.add(channel);
    for (const wait of [...waiting]) {
      for (const channel of channels) wait.missing.delete(channel);
      if (wait.missing.size === 0) wait.done();
    }
  };
  const sync = async () => {
    if (syncing) return;
    syncing = true;
    try {
      while (changed.size > 0 && connection.isUp() && !closed) {
        const joining = take((channel) => wanted.has(channel) && !active.has(channel));
        if (joining.length > 0) {
          await (sharded ? redis.ssubscribe(...joining) : redis.subscribe(...joining));
          activated(joining);
        }
        const leaving = take((channel) => !wanted.has(channel) && active.has(channel));
        if (leaving.length > 0) {
          for (const channel of leaving) active.delete(channel);
          await (sharded ? redis.sunsubscribe(...leaving) : redis.unsubscribe(...leaving));
        }
        // What is left is already as wanted, or changed while the server answered and is looked at again.
        take((channel) => wanted.has(channel) === active.has(channel));
      }
    } catch (err) {
      // A lost connection fails these commands too: then `resume` starts over. A refusal is not repeated in a hurry.
      if (connection.isUp()) {
        log.warn({ err }, 'Redis refused to let us follow channels; asking again');
        clock.after(refusalPauseMs, startOver);
      }
    } finally {
      syncing = false;
    }
    if (changed.size > 0 || !connection.isUp()) return;
    for (const follower of [...interrupted]) {
      interrupted.delete(follower);
      if (!follower.closed) guarded('a resumption', undefined, () => follower.listener.resumed?.());
    }
  };
  const startOver = () => {
    active.clear();
    changed.clear();
    for (const channel of wanted.keys()) changed.add(channel);
    void sync();
  };
  const leave = (follower: Follower, channels: readonly string[]) => {
    for (const channel of channels) {
      if (!follower.channels.delete(channel)) continue;
      const others = wanted.get(channel);
      others?.delete(follower);
      if (others?.size !== 0) continue;
      wanted.delete(channel);
      changed.add(channel);
    }
    void sync();
  };
  /** Follows channels and waits until they are active; on failure those that were new are left again. */
  const follow = async (follower: Follower, channels: readonly string[]): Promise<void> => {
    if (closed) throw new AppError('unavailable', 'The pub/sub is closed.');
    const added = channels.filter((channel) => !follower.channels.has(channel));
    for (const channel of added) {
      follower.channels.add(channel);
      const others = wanted.get(channel);
      if (others) others.add(follower);
      else wanted.set(channel, new Set([follower]));
      if (!active.has(channel)) changed.add(channel);
    }
    if (!wanted.has(missedChannel)) {
      wanted.set(missedChannel, new Set([watcher]));
      changed.add(missedChannel);
    }
    const missing = new Set([...channels, missedChannel].filter((channel) => !active.has(channel)));
    void sync();
    try {
      if (missing.size > 0) await activeWithin(missing);
      else if (!connection.isUp()) await connection.whenUp(requestTimeoutMs);
    } catch (err) {
      leave(follower, added);
      throw err;
    }
  };
  const activeWithin = (missing: Set<string>): Promise<void> =>
    new Promise((resolve, reject) => {
      const wait: Waiting = {
        missing,
        done: () => {
          waiting.delete(wait);
          timer.cancel();
          if (missing.size === 0) resolve();
          else reject(new AppError('unavailable', 'The pub/sub is closed.'));
        },
      };
      const timer = clock.after(requestTimeoutMs, () => {
        waiting.delete(wait);
        reject(new AppError('unavailable', `Redis did not take the subscription within ${requestTimeoutMs} ms.`));
      });
      waiting.add(wait);
    });

  return {
    subscribe: async (channels, listener) => {
      const follower: Follower = { channels: new Set(), listener, closed: false };
      await follow(follower, channels);
      followers.add(follower);
      return {
        add: async (more) => {
          if (!follower.closed) await follow(follower, more);
        },
        remove: async (some) => leave(follower, some),
        close: async () => {
          follower.closed = true;
          followers.delete(follower);
          interrupted.delete(follower);
          leave(follower, [...follower.channels]);
        },
      };
    },
    resume: startOver,
    interrupt: () => {
      active.clear();
      for (const follower of followers) interrupted.add(follower);
    },
    close: () => {
      closed = true;
      wanted.clear();
      changed.clear();
      for (const follower of followers) follower.channels.clear();
      followers.clear();
      for (const wait of [...waiting]) wait.done();
    },
  };
};
