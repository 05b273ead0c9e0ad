import type { TimeUnit } from '../market/trade.js';
import { createFrame, type Frame } from './frame.js';

/** A receiver of frames. */
export interface Subscriber {
  readonly id: number;
  send(frame: Frame): void;
  /** Holds back writes until `uncork`, so that frames published together leave in one write. */
  cork(): void;
  uncork(): void;
}

/** Decides what becomes of a frame on its way to one subscriber; without faults it is simply sent. */
export type Route = (subscriber: Subscriber, frame: Frame) => void;

/** Who listens to which stream. */
export interface StreamHub {
  subscribe(subscriber: Subscriber, stream: string): void;
  unsubscribe(subscriber: Subscriber, stream: string): void;
  /** Whether anybody listens; what nobody hears need not be written. */
  isHeard(stream: string): boolean;
  publish(stream: string, text: (unit: TimeUnit) => string): void;
  /** Everything published while `run` works leaves each connection in one write. */
  together(run: () => void): void;
  /** How many (subscriber, stream) pairs there are. */
  readonly subscriptions: number;
}

export const createStreamHub = (route: Route): StreamHub => {
  const listeners = new Map<string, Set<Subscriber>>();
  const corked = new Set<Subscriber>();
  let gathering = false;
  return {
    subscribe: (subscriber, stream) => {
      const set = listeners.get(stream) ?? new Set();
      listeners.set(stream, set.add(subscriber));
    },
    unsubscribe: (subscriber, stream) => {
      const set = listeners.get(stream);
      if (set?.delete(subscriber) && set.size === 0) listeners.delete(stream);
    },
    isHeard: (stream) => listeners.has(stream),
    publish: (stream, text) => {
      const set = listeners.get(stream);
      if (!set) return;
      const frame = createFrame(stream, text);
      for (const subscriber of set) {
        if (gathering && !corked.has(subscriber)) {
          corked.add(subscriber);
          subscriber.cork();
        }
        route(subscriber, frame);
      }
    },
    together: (run) => {
      gathering = true;
      try {
        run();
      } finally {
        gathering = false;
        for (const subscriber of corked) subscriber.uncork();
        corked.clear();
      }
    },
    get subscriptions() {
      let total = 0;
      for (const set of listeners.values()) total += set.size;
      return total;
    },
  };
};
