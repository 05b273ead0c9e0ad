import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { SocketLimits } from './limits.js';

export interface ControlEvents {
  /** Sends one control message. */
  readonly send: (text: string) => void;
  /** The exchange answers for this stream now: by a reply, or by data that came before it. */
  readonly acknowledged: (name: string) => void;
  /** The exchange refuses this one stream; it is not asked for again on this connection. */
  readonly rejected: (name: string, why: string) => void;
  /** The exchange does not answer at all: the connection is no good. */
  readonly unanswered: () => void;
}

/**
 * Keeps what the exchange was asked for equal to what is wanted, over one connection: batched, never faster than the
 * exchange allows, each request matched with its reply by id.
 */
export interface ControlChannel {
  want(name: string): void;
  unwant(name: string): void;
  /** Unsubscribes and subscribes again. */
  renew(name: string): void;
  reply(id: number | undefined, error: string | undefined): void;
  /** Data arrived for a stream: it is subscribed, whether or not the reply came yet. */
  sawData(name: string): void;
  /** The connection is open; messages may go. */
  open(): void;
  close(): void;
}

interface Request {
  readonly method: 'SUBSCRIBE' | 'UNSUBSCRIBE';
  readonly names: readonly string[];
  readonly attempt: number;
  readonly timer: Timer;
}

const maxAttempts = 2;
const hardMaxStreams = 1_024;

export const createControlChannel = (clock: Clock, limits: SocketLimits, events: ControlEvents): ControlChannel => {
  const wanted = new Set<string>();
  const asked = new Set<string>();
  const confirmed = new Set<string>();
  const renewing = new Set<string>();
  const rejected = new Set<string>();
  // Halves of a refused batch and unanswered ones, to be sent as they are.
  const again: { names: readonly string[]; attempt: number }[] = [];
  const waiting = new Map<number, Request>();
  let timer: Timer | undefined;
  let state: 'connecting' | 'open' | 'closed' = 'connecting';
  let nextAtMs = Number.NEGATIVE_INFINITY;
  let nextId = 1;

  const request = (method: Request['method'], names: readonly string[], attempt: number) => {
    const id = nextId++;
    waiting.set(id, { method, names, attempt, timer: clock.after(limits.replyTimeoutMs, () => late(id)) });
    nextAtMs = clock.monotonic() + limits.controlSpacingMs;
    events.send(JSON.stringify({ method, params: names, id }));
  };

  const late = (id: number) => {
    const overdue = waiting.get(id);
    waiting.delete(id);
    if (!overdue || overdue.method === 'UNSUBSCRIBE') return;
    const names = overdue.names.filter((name) => asked.has(name) && !confirmed.has(name));
    if (!names.length) return;
    if (overdue.attempt >= maxAttempts) events.unanswered();
    else {
      again.push({ names, attempt: overdue.attempt + 1 });
      schedule();
    }
  };

  const subscribe = (): boolean => {
    for (let batch = again.shift(); batch; batch = again.shift()) {
      const names = batch.names.filter((name) => asked.has(name) && !confirmed.has(name));
      if (!names.length) continue;
      request('SUBSCRIBE', names, batch.attempt);
      return true;
    }
    const room = Math.min(limits.namesPerMessage, hardMaxStreams - asked.size);
    const names: string[] = [];
    for (const name of wanted) {
      if (names.length >= room) break;
      if (!asked.has(name) && !rejected.has(name)) names.push(name);
    }
    if (!names.length) return false;
    for (const name of names) asked.add(name);
    request('SUBSCRIBE', names, 1);
    return true;
  };

  const unsubscribe = (): boolean => {
    const names: string[] = [];
    for (const name of asked) {
      if (names.length >= limits.namesPerMessage) break;
      if (!wanted.has(name) || renewing.has(name)) names.push(name);
    }
    if (!names.length) return false;
    for (const name of names) {
      asked.delete(name);
      confirmed.delete(name);
      renewing.delete(name);
    }
    request('UNSUBSCRIBE', names, 1);
    return true;
  };

  const step = () => {
    timer = undefined;
    if (state !== 'open') return;
    // New streams first: somebody waits for them. Where the exchange's bound leaves no room, the leaving ones go first.
    const sent = subscribe() || unsubscribe();
    if (sent) schedule();
  };
  const schedule = () => {
    // Even with nothing sent lately the step runs a little later, so that names wanted together go together.
    if (state === 'open') timer ??= clock.after(Math.max(0, nextAtMs - clock.monotonic()), step);
  };
  const confirm = (name: string) => {
    if (!asked.has(name) || confirmed.has(name)) return;
    confirmed.add(name);
    events.acknowledged(name);
  };

  return {
    want: (name) => {
      wanted.add(name);
      schedule();
    },
    unwant: (name) => {
      wanted.delete(name);
      rejected.delete(name);
      schedule();
    },
    renew: (name) => {
      if (!asked.has(name)) return;
      renewing.add(name);
      schedule();
    },
    reply: (id, error) => {
      const answered = id === undefined ? undefined : waiting.get(id);
      if (id === undefined || !answered) return;
      waiting.delete(id);
      answered.timer.cancel();
      if (answered.method === 'UNSUBSCRIBE') return;
      const { names } = answered;
      const [only] = names;
      if (error === undefined) for (const name of names) confirm(name);
      else if (names.length > 1) {
        // One bad name refuses the whole batch: halve it until the bad one stands alone.
        const half = names.length >> 1;
        again.push({ names: names.slice(0, half), attempt: 1 }, { names: names.slice(half), attempt: 1 });
        schedule();
      } else if (only !== undefined) {
        asked.delete(only);
        rejected.add(only);
        events.rejected(only, error);
      }
    },
    sawData: (name) => {
      if (!confirmed.has(name)) confirm(name);
    },
    open: () => {
      state = 'open';
      schedule();
    },
    close: () => {
      state = 'closed';
      timer?.cancel();
      for (const { timer: overdue } of waiting.values()) overdue.cancel();
      waiting.clear();
      again.length = 0;
    },
  };
};
