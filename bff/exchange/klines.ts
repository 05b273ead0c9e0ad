import type { ListKlinesResponse } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import { createTurns } from '@tickfolio/lib/lane/turns';
import { klineIntervals } from '@tickfolio/lib/market/kline-interval';
import type { KlinesAsked, SocketClient } from './socket-client.js';

export type KlinePage = ListKlinesResponse;

/** Pages of the exchange's klines, one question for all who ask alike within some seconds. */
export interface Klines {
  /**
   * @throws AppError unavailable where the exchange does not answer, resource_exhausted with a retry time where its
   * weight is used up, not_found for a symbol that it does not list
   */
  page(asked: KlinesAsked): Promise<KlinePage>;
}

export interface KlinesDeps {
  readonly socket: Pick<SocketClient, 'klines'>;
  readonly clock: Pick<Clock, 'after' | 'monotonic'>;
}

/** So many questions at once; the socket service lets two through to the exchange, and knows many answers by heart. */
const turnLimits = { atOnce: 8, maxWaiting: 400, maxWaitMs: 10_000 };
/** The kline that runs is shown by live prices; a sixth of an interval late nobody sees it. */
const keptShare = 1 / 6;
const maxKeptMs = 60_000;
/** Some 500 bytes each. */
const maxKeptRows = 20_000;

interface Kept {
  readonly atMs: number;
  readonly page: Promise<KlinePage>;
  rows: number;
}

export const createKlines = ({ socket, clock }: KlinesDeps): Klines => {
  const turns = createTurns({ clock, ...turnLimits, words: "The exchange's history is asked for too much at once." });
  const kept = new Map<string, Kept>();
  let rows = 0;
  const forget = (key: string, one: Kept) => {
    if (kept.get(key) !== one) return;
    kept.delete(key);
    rows -= one.rows;
  };
  const keep = (key: string, one: Kept) => {
    const before = kept.get(key);
    if (before) forget(key, before);
    kept.set(key, one);
    one.page.then(
      ({ klines }) => {
        if (kept.get(key) !== one) return;
        one.rows = klines.length;
        rows += one.rows;
        for (const [oldest, old] of kept) {
          if (rows <= maxKeptRows) break;
          forget(oldest, old);
        }
      },
      () => forget(key, one),
    );
  };
  return {
    page: async (asked) => {
      const key = [asked.symbol, asked.interval, asked.startMs, asked.endMs, asked.limit].join(' ');
      const known = kept.get(key);
      const keptMs = Math.min(maxKeptMs, klineIntervals[asked.interval] * keptShare);
      if (known && clock.monotonic() - known.atMs < keptMs) return known.page;
      const page = turns.take('', () => socket.klines(asked));
      keep(key, { atMs: clock.monotonic(), page, rows: 0 });
      return page;
    },
  };
};
