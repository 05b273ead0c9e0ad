import { AppError } from '../errors/errors.js';
import { type Logger, silentLogger } from '../telemetry/telemetry.js';
import type { Listener, PubSub } from './pubsub.js';

export interface MemoryPubSubOptions {
  readonly log?: Logger;
  /** How many keys are retained; past it the key written longest ago is forgotten. Default 10 000. */
  readonly maxRetained?: number;
  /**
   * How many messages may wait for delivery within one turn of the event loop; more are dropped and logged. Default 100
   * 000.
   */
  readonly maxWaiting?: number;
}

interface Follower {
  readonly channels: Set<string>;
  readonly listener: Listener;
}

/**
 * A pub/sub within this process. Messages are handed over in a microtask after `publish` returned, all channels in
 * publishing order, so a listener never runs inside its publisher's call; to those who followed at the publishing and
 * still do.
 */
export const createMemoryPubSub = (options: MemoryPubSubOptions = {}): PubSub => {
  const { log = silentLogger(), maxRetained = 10_000, maxWaiting = 100_000 } = options;
  const retained = new Map<string, string>();
  const followers = new Map<string, Set<Follower>>();
  let waiting: { channel: string; text: string; to: readonly Follower[] }[] = [];
  let overflowing = false;
  let closed = false;

  const keep = (key: string, text: string) => {
    retained.delete(key);
    retained.set(key, text);
    if (retained.size <= maxRetained) return;
    const oldest = retained.keys().next().value;
    if (oldest !== undefined) retained.delete(oldest);
  };
  const deliver = () => {
    const batch = waiting;
    waiting = [];
    overflowing = false;
    for (const { channel, text, to } of batch) {
      for (const follower of to) {
        if (!follower.channels.has(channel)) continue;
        try {
          follower.listener.message(channel, text);
        } catch (err) {
          log.error({ err, channel }, 'a pub/sub listener failed on a message');
        }
      }
    }
  };
  const follow = (follower: Follower, channels: readonly string[]) => {
    for (const channel of channels) {
      follower.channels.add(channel);
      const others = followers.get(channel);
      if (others) others.add(follower);
      else followers.set(channel, new Set([follower]));
    }
  };
  const leave = (follower: Follower, channels: readonly string[]) => {
    for (const channel of channels) {
      follower.channels.delete(channel);
      const others = followers.get(channel);
      others?.delete(follower);
      if (others?.size === 0) followers.delete(channel);
    }
  };
  const open = () => {
    if (closed) throw new AppError('unavailable', 'The pub/sub is closed.');
  };

  return {
    publish: (channel, text, ...retain) => {
      if (closed) return;
      for (const entry of retain) keep(entry.key, entry.text);
      const to = followers.get(channel);
      if (!to) return;
      if (waiting.length >= maxWaiting) {
        if (!overflowing)
          log.warn({ channel, maxWaiting }, 'too many messages wait for delivery; the newest are dropped');
        overflowing = true;
        return;
      }
      if (waiting.length === 0) queueMicrotask(deliver);
      waiting.push({ channel, text, to: [...to] });
    },
    retain: ({ key, text }) => {
      if (!closed) keep(key, text);
    },
    read: async (keys) => {
      open();
      return keys.map((key) => retained.get(key));
    },
    subscribe: async (channels, listener) => {
      open();
      const follower: Follower = { channels: new Set(), listener };
      let left = false;
      follow(follower, channels);
      return {
        add: async (more) => {
          open();
          if (!left) follow(follower, more);
        },
        remove: async (some) => leave(follower, some),
        close: async () => {
          left = true;
          leave(follower, [...follower.channels]);
        },
      };
    },
    forget: () => undefined, // What is retained is kept at once.
    onReturn: () => undefined, // Nothing here can be lost and come back.
    check: async () => (closed ? 'is closed' : undefined),
    close: async () => {
      closed = true;
      for (const others of followers.values()) for (const follower of others) follower.channels.clear();
      followers.clear();
      retained.clear();
    },
  };
};
