import { type Clock, sleep } from '@tickfolio/lib/clock';
import { AppError, toAppError } from '@tickfolio/lib/errors';
import type { KlineInterval } from '@tickfolio/lib/market/kline-interval';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Klines } from '../exchange/klines.js';
import { createPriceSlots } from './price-slots.js';
import type { TickerBoard } from './ticker-board.js';

/** What symbols cost an hour and up to 7 days ago: noted as time passes, and asked of the exchange for before. */
export interface PastPrices {
  hourAgo(symbol: string, nowMs: number): string | undefined;
  /** To the hour. */
  weekAgo(symbol: string, nowMs: number): string | undefined;
  /** Grows with everything that is learnt of before. */
  readonly version: number;
  /** Every 6 hours of the last 7 days, oldest first; undefined where it is not known. */
  week(symbol: string, nowMs: number): readonly (string | undefined)[];
  /** As each full hour of the last 24 began, oldest first; without those that are not known. */
  day(symbol: string, nowMs: number): readonly { readonly atMs: number; readonly price: string }[];
  /** Whether the exchange was asked about the hours of before and told what it has of them. */
  isTold(symbol: string): boolean;
  /** Has the exchange asked about these at once, where it told nothing yet or little: somebody looks at them. */
  want(symbols: readonly string[]): void;
  close(): Promise<void>;
}

export interface PastPricesDeps {
  readonly klines: Klines;
  readonly board: Pick<TickerBoard, 'all' | 'fault' | 'simulated'>;
  /** Symbols, the most traded ones first. */
  readonly byVolume: () => readonly string[];
  readonly clock: Clock;
  /** What the exchange's clock shows, epoch milliseconds. */
  readonly exchangeNow: () => number;
  readonly log: Logger;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const weekMs = 7 * dayMs;
const sparkMs = 6 * hourMs;
/** One more for the period that runs, one for the moment at which it turns. */
const [minuteSlots, hourSlots] = [62, 170];

const lookMs = 1_000;
/** Of weight 2 each, in a share of the exchange's weight that all replicas have together and no chart waits for. */
const askEveryMs = 330;
const idleMs = 5_000;
const retryMs = 10_000;
/** What the exchange could not tell is asked for no sooner again. */
const askAgainMs = 3_600_000;
/** So many may wait before others; who looks again asks again. */
const maxWanted = 5_000;
const wantedEveryMs = 50;
/** More than so many at once are asked for one a second: a long portfolio leaves the charts of others something. */
const [wantedBurst, wantedRefillMs] = [30, 1_000];
/** What failed. */
const failedAgainMs = 60_000;
/** Prices that were missed here, as in a cut, are mended so. */
const renewMs = 24 * hourMs;

/** When a symbol was asked about, monotonic, and whether that failed. */
interface Asked {
  readonly atMs: number;
  readonly isFailed: boolean;
}

interface Question {
  readonly symbol: string;
  readonly level: 'minutes' | 'hours';
  /** Whose share of the exchange's weight it takes: that of charts where somebody waits for it. */
  readonly lane: 'history' | 'audit';
}

export const createPastPrices = (deps: PastPricesDeps): PastPrices => {
  const { klines, board, byVolume, clock, exchangeNow, log } = deps;
  const stop = new AbortController();
  const minutes = createPriceSlots(minuteMs, minuteSlots);
  const hours = createPriceSlots(hourMs, hourSlots);
  const asked = { minutes: new Map<string, Asked>(), hours: new Map<string, Asked>() };
  const wanted = new Set<string>();
  /** Of these the exchange told the hours. */
  const told = new Set<string>();
  let kind: boolean | undefined;
  let isTold = false;
  let version = 0;

  let lookedMs = Number.NEGATIVE_INFINITY;
  const look = () => {
    const nowMs = exchangeNow();
    // The clock of a computer that is fast counted until the exchange's was told.
    if (board.simulated !== kind || nowMs < lookedMs - minuteMs) {
      kind = board.simulated;
      for (const known of [minutes, hours, asked.minutes, asked.hours, told]) known.clear();
    }
    lookedMs = nowMs;
    // In a cut nobody knows what a period began with.
    for (const slots of [minutes, hours])
      if (slots.turn(nowMs) && board.fault === undefined)
        for (const { symbol, close } of board.all()) slots.put(symbol, nowMs, close);
  };
  const timer = clock.every(lookMs, look);

  const isDue = (last: Asked | undefined, afterMs: number) =>
    last === undefined || clock.monotonic() - last.atMs >= (last.isFailed ? failedAgainMs : afterMs);
  /** What somebody looks at, who came last first; nothing while nobody knows of which kind prices are. */
  const nextWanted = (): Question | undefined => {
    if (kind === undefined) return undefined;
    for (const symbol of [...wanted].reverse()) {
      wanted.delete(symbol);
      if (isDue(asked.hours.get(symbol), askAgainMs) && hours.at(symbol, exchangeNow() - dayMs) === undefined)
        return { symbol, level: 'hours', lane: 'history' };
    }
    return undefined;
  };
  let wantedUntilMs = Number.NEGATIVE_INFINITY;
  const paceOfWanted = (): number => {
    const nowMs = clock.monotonic();
    wantedUntilMs = Math.max(wantedUntilMs, nowMs) + wantedRefillMs;
    return Math.max(wantedEveryMs, wantedUntilMs - nowMs - wantedBurst * wantedRefillMs);
  };
  /** What is to be asked next that nobody waits for. */
  const next = (): Question | undefined => {
    const nowMs = exchangeNow();
    for (const symbol of byVolume()) {
      const lacksWeek = hours.at(symbol, nowMs - weekMs) === undefined;
      if (isDue(asked.hours.get(symbol), lacksWeek ? askAgainMs : renewMs))
        return { symbol, level: 'hours', lane: 'audit' };
      const lacksHour = minutes.at(symbol, nowMs - hourMs) === undefined;
      if (lacksHour && isDue(asked.minutes.get(symbol), askAgainMs)) return { symbol, level: 'minutes', lane: 'audit' };
    }
    return undefined;
  };
  const levels = {
    minutes: { interval: '1m', stepMs: minuteMs, count: minuteSlots, slots: minutes },
    hours: { interval: '1h', stepMs: hourMs, count: hourSlots, slots: hours },
  } as const satisfies Record<string, { interval: KlineInterval; [key: string]: unknown }>;
  const ask = async ({ symbol, level, lane }: Question) => {
    asked[level].set(symbol, { atMs: clock.monotonic(), isFailed: false });
    const { interval, stepMs, count, slots } = levels[level];
    const endMs = Math.floor(exchangeNow() / stepMs) * stepMs;
    const page = await klines.page({
      symbol,
      interval,
      startMs: endMs - (count - 1) * stepMs,
      endMs,
      limit: count,
      lane,
    });
    if (page.simulated !== kind) throw new AppError('unavailable', 'The history is of another kind than the prices.');
    for (const { openTimeMs, open } of page.klines) slots.put(symbol, openTimeMs, open);
    if (level === 'hours') told.add(symbol);
    version += 1;
  };
  /** @returns how long to pause, `paceMs` where it was answered */
  const answer = async (question: Question, paceMs: number): Promise<number> => {
    try {
      await ask(question);
      isTold = false;
      return paceMs;
    } catch (thrown) {
      const err = toAppError(thrown);
      if (err.code === 'not_found') {
        if (question.level === 'hours') told.add(question.symbol); // It has none.
        return paceMs;
      }
      // Where it is one symbol's fault the others must not wait for it.
      if (err.code === 'resource_exhausted') asked[question.level].delete(question.symbol);
      else asked[question.level].set(question.symbol, { atMs: clock.monotonic(), isFailed: true });
      if (!isTold) log.info({ reason: err.message }, 'prices of an hour and a week ago cannot be had; trying again');
      isTold = true;
      return Math.max(retryMs, err.retryAfterMs ?? 0);
    }
  };
  const fill = async () => {
    while (!stop.signal.aborted) {
      const question = next();
      await sleep(clock, question ? await answer(question, askEveryMs) : idleMs, stop.signal);
    }
  };
  const answerWanted = async () => {
    for (let question = nextWanted(); question && !stop.signal.aborted; question = nextWanted())
      await sleep(clock, await answer(question, paceOfWanted()), stop.signal);
  };
  let answering: Promise<void> | undefined;
  look();
  const filling = fill();

  return {
    get version() {
      return version;
    },
    hourAgo: (symbol, nowMs) => minutes.at(symbol, nowMs - hourMs),
    weekAgo: (symbol, nowMs) => hours.at(symbol, nowMs - weekMs),
    week: (symbol, nowMs) =>
      Array.from({ length: weekMs / sparkMs }, (_, at) => hours.at(symbol, nowMs - weekMs + at * sparkMs)),
    day: (symbol, nowMs) =>
      Array.from({ length: dayMs / hourMs + 1 }, (_, at) => Math.floor(nowMs / hourMs) * hourMs - dayMs + at * hourMs)
        .map((atMs) => ({ atMs, price: hours.at(symbol, atMs) }))
        .flatMap(({ atMs, price }) => (price === undefined ? [] : [{ atMs, price }])),
    isTold: (symbol) => told.has(symbol),
    want: (symbols) => {
      // What is noted last is asked about first.
      for (const symbol of [...symbols].reverse())
        if (wanted.size < maxWanted && isDue(asked.hours.get(symbol), askAgainMs)) wanted.add(symbol);
      answering ??= answerWanted().finally(() => {
        answering = undefined;
      });
    },
    close: async () => {
      timer.cancel();
      stop.abort();
      await Promise.all([filling, answering]);
    },
  };
};
