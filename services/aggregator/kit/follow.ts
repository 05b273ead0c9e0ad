import type { TapePart } from '@tickfolio/gen/market/v1/tape';
import { type AppError, toAppError } from '@tickfolio/lib/errors';
import type { TapeOptions } from '../tape/tape-limits.js';
import type { VoidTrade } from '../tape/trade.js';
import { followReel } from '../tape-service/follow.js';
import { createHistoryPages } from '../tape-service/history-pages.js';
import { defaultLimits, type TapeServiceLimits } from '../tape-service/limits.js';
import { proveThrough } from '../tape-service/prove.js';
import { createReel, type Reel } from '../tape-service/reel.js';
import type { ReferenceTrade } from './reference-second-stats.js';
import { createTapeBench, type TapeBench, toTrade } from './tape.js';

/** A reader of a tape, and what it has been told since it began. */
export interface FollowReader {
  readonly parts: TapePart[];
  /** How it ended, if it did. */
  readonly error: AppError | undefined;
  /** While set it takes nothing. */
  isPaused: boolean;
  leave(): Promise<void>;
}

/** The history of the exchange as readers and the tape ask it. */
export interface FakeHistory {
  rows: (ReferenceTrade | VoidTrade)[];
  /** Nothing before it is kept. */
  oldestId: number;
  /** Thrown for every page while set. */
  fault: AppError | undefined;
  /** Pages that readers have asked for. */
  readonly pages: { readonly fromId: number; readonly limit: number }[];
}

/** A tape and its followers under a clock that a test moves. */
export interface FollowBench {
  readonly tape: TapeBench;
  readonly reel: Reel;
  readonly history: FakeHistory;
  follow(afterId?: number): FollowReader;
  prove(throughMs: number): Promise<{ watermarkMs: number; lastTradeId: number | undefined } | AppError>;
  /** Moves time on in steps of 10 ms, everything that follows from each included. */
  wait(ms: number): Promise<void>;
  /** Answers what the tape wants of the history now. @returns whether it wanted something */
  serve(): boolean;
}

export const idsOf = (parts: readonly TapePart[]): number[] =>
  parts.flatMap(({ trades }) => trades.map(({ id }) => id));

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const stepMs = 10;

export const createFollowBench = (
  given: { readonly tape?: Partial<TapeOptions>; readonly limits?: Partial<TapeServiceLimits> } = {},
): FollowBench => {
  const tape = createTapeBench(given.tape);
  const limits = { ...defaultLimits, ...given.limits };
  const { clock, tally } = tape;
  const reel = createReel('btcusdt', () => limits.maxKeptTrades);
  tape.keep(reel);
  const history: FakeHistory = { rows: [], oldestId: 0, fault: undefined, pages: [] };
  const listTrades = async (_symbol: string, { fromId = 0, limit }: { fromId: number | undefined; limit: number }) => {
    history.pages.push({ fromId, limit });
    if (history.fault) throw history.fault;
    const rows = history.rows.filter(({ id }) => id >= Math.max(fromId, history.oldestId)).slice(0, limit);
    return rows.map((row) => ('fault' in row ? row : toTrade(row)));
  };
  const pages = createHistoryPages({ clock, feed: { listTrades }, tally }, limits);

  return {
    tape,
    reel,
    history,
    follow: (afterId) => {
      const controller = new AbortController();
      const parts: TapePart[] = [];
      let error: AppError | undefined;
      const read = async () => {
        try {
          for await (const part of followReel({ clock, tally, pages, limits }, reel, afterId, controller.signal)) {
            parts.push(part);
            while (reader.isPaused && !controller.signal.aborted) await settle();
          }
        } catch (thrown) {
          error = toAppError(thrown);
        }
      };
      const reader: FollowReader = {
        parts,
        isPaused: false,
        get error() {
          return error;
        },
        leave: () => {
          controller.abort();
          return over;
        },
      };
      const over = read();
      return reader;
    },
    prove: (throughMs) =>
      proveThrough(
        { clock, market: { prove: () => tape.tape.prove() }, limits },
        reel,
        throughMs,
        new AbortController().signal,
      ).then(
        ({ watermarkMs, lastTradeId }) => ({ watermarkMs, lastTradeId }),
        (thrown: unknown) => toAppError(thrown),
      ),
    wait: async (ms) => {
      for (let left = ms; left > 0; left -= stepMs) {
        tape.wait(Math.min(stepMs, left));
        await settle();
      }
    },
    serve: () => tape.serve(history.rows, history.oldestId),
  };
};
