import type { Clock, Timer } from '@tickfolio/lib/clock';
import { clockText } from './time-text.js';

export type LiveState = 'live' | 'paused' | 'away' | 'unreachable';

export interface LivePageDeps {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** Asks for the page anew. @param arrived to be called with every piece of it */
  readonly load: (signal: AbortSignal, arrived: () => void) => Promise<Document>;
  /** Takes a page in. Returns since when its data's source is away, or undefined. @throws when it is no page of ours */
  readonly show: (page: Document) => number | undefined;
  readonly tell: (state: LiveState, words: string) => void;
}

export interface LivePage {
  /** Asks at once, also while paused. */
  refresh(): void;
  pause(paused: boolean): void;
  /** Nobody looks: nothing is asked for. */
  hide(hidden: boolean): void;
}

const periodMs = 2_000;
/** An answer of which nothing comes for so long counts as none, and so does one that takes longer in all. */
const silenceMs = 10_000;
const totalMs = 120_000;
const maxWaitMs = 30_000;

export const awayWords = (sinceMs: number): string => `ClickHouse away since ${clockText(sinceMs)}`;

/**
 * Keeps a page up to date by asking for it again and again: one request at a time, none while hidden or paused, fewer
 * while nobody answers.
 */
export const keepLive = ({ clock, random, load, show, tell }: LivePageDeps): LivePage => {
  let timer: Timer | undefined;
  let request: AbortController | undefined;
  let paused = false;
  let hidden = false;
  let failures = 0;
  let failedSinceMs = 0;

  const stop = () => {
    timer?.cancel();
    request?.abort();
    timer = undefined;
    request = undefined;
  };
  const schedule = () => {
    if (paused || hidden) return;
    // Spread, so that all open pages do not come back in one moment.
    const waitMs = failures === 0 ? periodMs : Math.min(maxWaitMs, periodMs * 2 ** failures) * (0.5 + random() / 2);
    timer = clock.after(waitMs, ask);
  };
  const succeed = (awaySinceMs: number | undefined) => {
    failures = 0;
    if (awaySinceMs !== undefined) tell('away', awayWords(awaySinceMs));
    else if (paused) tell('paused', 'Paused');
    else tell('live', 'Live');
  };
  const fail = () => {
    if (failures === 0) failedSinceMs = clock.now();
    failures++;
    tell('unreachable', `No answer since ${clockText(failedSinceMs)}, ${paused ? 'paused' : 'trying again'}`);
  };
  const ask = () => {
    stop();
    const own = new AbortController();
    request = own;
    const total = clock.after(totalMs, () => own.abort());
    let silence = clock.after(silenceMs, () => own.abort());
    const arrived = () => {
      silence.cancel();
      silence = clock.after(silenceMs, () => own.abort());
    };
    load(own.signal, arrived)
      // What is no page of ours, such as the sign-in of a network in between, is no answer either.
      .then((page) => request === own && succeed(show(page)))
      .catch(() => request === own && fail())
      .finally(() => {
        total.cancel();
        silence.cancel();
        if (request !== own) return;
        request = undefined;
        schedule();
      });
  };
  schedule();
  return {
    refresh: ask,
    pause: (now) => {
      paused = now;
      stop();
      if (paused) tell('paused', 'Paused');
      else ask();
    },
    hide: (now) => {
      hidden = now;
      stop();
      if (!hidden && !paused) ask();
    },
  };
};
