import type { AppError } from '@tickfolio/lib/errors';
import { aggTradeOf } from '../tape/trade.js';
import type { TradeKeeper } from '../tape/trade-series.js';
import { createTradeRun, type TradeRun } from './trade-run.js';

/** The newest trades of one symbol for those who follow it: written by its tape, read by each at its own pace. */
export interface Reel extends TradeKeeper {
  readonly symbol: string;
  /** What is written now. Readers hold the one that they are in, and go on with its next. */
  readonly run: TradeRun;
  /** How often the history has said what is newest, and how it failed the last time, if it did. */
  readonly answers: number;
  readonly failure: AppError | undefined;
  /** Resolves with the next change, or when the signal aborts. */
  news(signal: AbortSignal): Promise<void>;
  /** Why nothing is told here any more. */
  readonly over: AppError | undefined;
  end(why: AppError): void;
}

/** @param most how many trades may be kept now */
export const createReel = (symbol: string, most: () => number): Reel => {
  const waiting = new Set<() => void>();
  /** Before its tape begins to tell there is nothing. */
  let run = createTradeRun({ how: 'new', lastId: -1, known: () => ({ throughId: -1, beforeMs: 0 }) }, most);
  run.close();
  let answers = 0;
  let failure: AppError | undefined;
  let over: AppError | undefined;

  const tell = () => {
    if (waiting.size === 0) return;
    const all = [...waiting];
    waiting.clear();
    for (const wake of all) wake();
  };
  const lay = (row: Parameters<TradeRun['add']>[0]) => {
    run.add(row);
    tell();
  };

  return {
    symbol,
    get run() {
      return run;
    },
    get answers() {
      return answers;
    },
    get failure() {
      return failure;
    },
    begun: ({ newest, ...beginning }) => {
      const { lastId } = beginning;
      const isKept = newest !== undefined && newest.id <= lastId;
      const next = createTradeRun(isKept ? { ...beginning, lastId: newest.id - 1 } : beginning, most);
      if (isKept) {
        next.add(aggTradeOf(newest));
        // Nothing but what has no trade is known behind the newest one.
        if (newest.id < lastId) next.add({ fromId: newest.id + 1, toId: lastId, isLost: false });
      }
      run.close();
      run.next = next;
      run = next;
      tell();
    },
    placed: (trade) => lay(aggTradeOf(trade)),
    voided: (id) => lay({ fromId: id, toId: id, isLost: false }),
    lost: (fromId, toId) => lay({ fromId: Math.max(fromId, run.floorId ?? fromId), toId, isLost: true }),
    answered: (failed) => {
      answers += 1;
      failure = failed;
      tell();
    },
    ended: () => {
      run.close();
      tell();
    },
    news: (signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      }),
    get over() {
      return over;
    },
    end: (why) => {
      over ??= why;
      tell();
    },
  };
};
