import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { SocketLimits } from '../limits.js';
import { createRefusals, type Refused } from './refusals.js';

export interface ControlEvents {
  /** Sends one control message. */
  readonly send: (text: string) => void;
  /** The exchange answers for this stream now: by a reply, or by data that came before it. */
  readonly acknowledged: (name: string) => void;
  /** The exchange refuses this one stream, again or for the first time. It is asked for again later. */
  readonly rejected: (name: string, why: string, refused: Refused) => void;
  /** The exchange answered the question for its list. */
  readonly listed: () => void;
  /** The exchange does not answer at all: the connection is no good. */
  readonly unanswered: () => void;
}

/** What a reply holds besides the words of its error. */
export interface ReplyParts {
  readonly code?: unknown;
  readonly result?: unknown;
}

/**
 * Keeps what the exchange was asked for equal to what is wanted, over one connection: batched, never faster than the
 * exchange allows, each request matched with its reply by id.
 */
export interface ControlChannel {
  /** What is answered for already is acknowledged at once. */
  want(name: string): void;
  unwant(name: string): void;
  /** Unsubscribes and subscribes again. */
  renew(name: string): void;
  /** Asks for the list of subscriptions, to which nothing but an answer matters. */
  list(): void;
  /** True for a stream that the exchange refuses and that is not worth waiting for. */
  isRefused(name: string): boolean;
  reply(id: number | undefined, error: string | undefined, parts?: ReplyParts): void;
  /** Data arrived for a stream: it is subscribed, whether or not the reply came yet. */
  sawData(name: string): void;
  /** The connection is open; messages may go. */
  open(): void;
  close(): void;
}

interface Batch {
  readonly names: readonly string[];
  /** How often it was sent without an answer. */
  readonly attempt: number;
  /** It was refused before, as a whole, in what may have been a bad moment. */
  readonly wasRefused: boolean;
}
interface Request extends Batch {
  readonly method: 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'LIST_SUBSCRIPTIONS';
  readonly timer: Timer;
}

const maxAttempts = 2;
const hardMaxStreams = 1_024;
/** "Invalid request": the one error that can be about a name. */
const invalidRequest = 2;

export const createControlChannel = (clock: Clock, limits: SocketLimits, events: ControlEvents): ControlChannel => {
  const wanted = new Set<string>();
  const asked = new Set<string>();
  const confirmed = new Set<string>();
  const renewing = new Set<string>();
  const refusals = createRefusals(clock, limits);
  // Refused batches, halves of them and unanswered ones, to be sent as they are, not before their time.
  const again: (Batch & { readonly dueMs: number })[] = [];
  const waiting = new Map<number, Request>();
  let listIsDue = false;
  let wake: { readonly atMs: number; readonly timer: Timer } | undefined;
  let state: 'connecting' | 'open' | 'closed' = 'connecting';
  let nextAtMs = Number.NEGATIVE_INFINITY;
  let nextId = 1;

  const request = (method: Request['method'], { names, attempt, wasRefused }: Batch) => {
    const id = nextId++;
    waiting.set(id, { method, names, attempt, wasRefused, timer: clock.after(limits.replyTimeoutMs, () => late(id)) });
    nextAtMs = clock.monotonic() + limits.controlSpacingMs;
    events.send(JSON.stringify(method === 'LIST_SUBSCRIPTIONS' ? { method, id } : { method, params: names, id }));
    return true;
  };
  const askAgain = (batch: Batch, delayMs = 0) => {
    again.push({ ...batch, dueMs: clock.monotonic() + delayMs });
    schedule();
  };
  const isOpenQuestion = (name: string) => asked.has(name) && !confirmed.has(name);

  const late = (id: number) => {
    const overdue = waiting.get(id);
    waiting.delete(id);
    if (overdue?.method !== 'SUBSCRIBE') return;
    const names = overdue.names.filter(isOpenQuestion);
    if (!names.length) return;
    if (overdue.attempt >= maxAttempts) events.unanswered();
    else askAgain({ ...overdue, names, attempt: overdue.attempt + 1 });
  };

  const repeat = (): boolean => {
    for (let at = 0; at < again.length; ) {
      const batch = again[at];
      if (!batch || batch.dueMs > clock.monotonic()) {
        at += 1;
        continue;
      }
      again.splice(at, 1);
      const names = batch.names.filter(isOpenQuestion);
      if (names.length) return request('SUBSCRIBE', { ...batch, names });
    }
    return false;
  };
  /** @param refused those that were refused before go by themselves, so that they hold nobody up */
  const subscribe = (refused: boolean): boolean => {
    const room = Math.min(limits.namesPerMessage, hardMaxStreams - asked.size);
    const names: string[] = [];
    for (const name of wanted) {
      if (names.length >= room) break;
      if (!asked.has(name) && refusals.has(name) === refused && refusals.isDue(name)) names.push(name);
    }
    if (!names.length) return false;
    for (const name of names) asked.add(name);
    return request('SUBSCRIBE', { names, attempt: 1, wasRefused: false });
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
    return request('UNSUBSCRIBE', { names, attempt: 1, wasRefused: false });
  };
  const askForList = (): boolean => {
    if (!listIsDue) return false;
    listIsDue = false;
    return request('LIST_SUBSCRIPTIONS', { names: [], attempt: 1, wasRefused: false });
  };

  const step = () => {
    wake = undefined;
    if (state !== 'open') return;
    // New streams first: somebody waits for them. Where the exchange's bound leaves no room, the leaving ones go first.
    // The halves of a refused batch, of which there may be hundreds, hold up neither.
    if (askForList() || subscribe(false) || unsubscribe() || repeat() || subscribe(true)) schedule();
    else {
      const nextDueMs = Math.min(refusals.nextDueMs ?? Number.POSITIVE_INFINITY, ...again.map(({ dueMs }) => dueMs));
      // A refused stream that finds no room is asked for when one leaves.
      if (Number.isFinite(nextDueMs) && nextDueMs > clock.monotonic()) schedule(nextDueMs);
    }
  };
  // Even with nothing sent lately the step runs a little later, so that names wanted together go together.
  const schedule = (dueMs = clock.monotonic()) => {
    const atMs = Math.max(dueMs, nextAtMs, clock.monotonic());
    if (state !== 'open' || (wake && wake.atMs <= atMs)) return;
    wake?.timer.cancel();
    wake = { atMs, timer: clock.after(atMs - clock.monotonic(), step) };
  };
  const confirm = (name: string) => {
    if (!isOpenQuestion(name)) return;
    confirmed.add(name);
    refusals.remove(name);
    events.acknowledged(name);
  };

  const refuse = ({ names, wasRefused, attempt }: Request, why: string, isAboutNames: boolean) => {
    const [only] = names;
    if (names.length > 1 && !isAboutNames && !wasRefused)
      askAgain({ names, attempt, wasRefused: true }, limits.refusalRetryMs);
    else if (names.length > 1) {
      // One bad name refuses the whole batch: halve it until the bad one stands alone.
      const half = names.length >> 1;
      for (const part of [names.slice(0, half), names.slice(half)]) askAgain({ names: part, attempt: 1, wasRefused });
    } else if (only !== undefined && isOpenQuestion(only)) {
      // Where it was asked for anew meanwhile, that question's answer counts.
      for (const { method, names: others } of waiting.values())
        if (method === 'SUBSCRIBE' && others.includes(only)) return;
      asked.delete(only);
      if (wanted.has(only)) events.rejected(only, why, refusals.add(only, why, isAboutNames));
      schedule();
    }
  };

  return {
    want: (name) => {
      wanted.add(name);
      if (confirmed.has(name)) events.acknowledged(name);
      else schedule();
    },
    unwant: (name) => {
      wanted.delete(name);
      refusals.remove(name);
      schedule();
    },
    renew: (name) => {
      if (!asked.has(name)) return;
      renewing.add(name);
      schedule();
    },
    list: () => {
      listIsDue = true;
      schedule();
    },
    isRefused: (name) => refusals.isFinal(name),
    reply: (id, error, { code, result } = {}) => {
      const answered = id === undefined ? undefined : waiting.get(id);
      if (id === undefined || !answered) return;
      waiting.delete(id);
      answered.timer.cancel();
      // What is no list is no answer to the question for one.
      if (answered.method === 'LIST_SUBSCRIPTIONS' && (error !== undefined || Array.isArray(result))) events.listed();
      if (answered.method !== 'SUBSCRIBE') return;
      if (error === undefined) for (const name of answered.names) confirm(name);
      else refuse(answered, error, code === invalidRequest);
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
      wake?.timer.cancel();
      for (const { timer: overdue } of waiting.values()) overdue.cancel();
      waiting.clear();
      again.length = 0;
    },
  };
};
