import type { Kline } from '@tickfolio/gen/market/v1';
import type { TapePart } from '@tickfolio/gen/market/v1/tape';
import { AppError } from '@tickfolio/lib/errors';
import type { TradeHistory } from '../market/socket-client.js';
import type { TapeClient } from '../market/tape-client.js';

export interface Scripted {
  readonly id: number;
  readonly price: string;
  readonly quantity: string;
  readonly tradeTimeMs: number;
  readonly buyerIsMaker: boolean;
}

const minuteMs = 60_000;
/** Candles of the minutes in which something was traded. */
const klinesOf = (trades: readonly Scripted[], startMs: number, endMs: number): Kline[] => {
  const minutes = new Map<number, Scripted[]>();
  for (const trade of trades) {
    const openMs = trade.tradeTimeMs - (trade.tradeTimeMs % minuteMs);
    if (openMs < startMs || openMs > endMs) continue;
    const inIt = minutes.get(openMs) ?? [];
    inIt.push(trade);
    minutes.set(openMs, inIt);
  }
  return [...minutes].map(([openTimeMs, inIt]) => {
    const prices = inIt.map(({ price }) => price).sort((a, b) => Number(a) - Number(b));
    const text = (price: string | undefined) => price ?? '0';
    return {
      ...{ openTimeMs, closeTimeMs: openTimeMs + minuteMs - 1, trades: inIt.length, closed: true },
      ...{
        open: text(inIt[0]?.price),
        close: text(inIt.at(-1)?.price),
        low: text(prices[0]),
        high: text(prices.at(-1)),
      },
      ...{ volume: '0', quoteVolume: '0', takerBuyVolume: '0', takerBuyQuoteVolume: '0' },
    };
  });
};

const empty = (watermarkMs: number): TapePart => ({
  ...{ trades: [], voidIds: [], watermarkMs, renumbered: false },
  ...{ hole: undefined, heartbeatMs: undefined, simulated: undefined },
});

/** An aggregator whose trades and faults a test says. */
export const createScriptedTrades = ({
  random = (): number => 0.5,
  maxMissed = 20_000,
  /** What passes until the exchange's history answers. */
  asked = async (): Promise<void> => undefined,
} = {}) => {
  let trades: Scripted[] = [];
  let watermarkMs = 0;
  let provenMs = 0;
  let simulated = false;
  let fault: AppError | undefined;
  let noProof: AppError | undefined;
  let noHistory: AppError | undefined;
  let generation = 0;
  let hole: { readonly fromId: number; readonly toId: number } | undefined;
  const proofs: number[] = [];
  const streams = new Set<() => void>();
  const ends = new Set<(err: AppError) => void>();
  const news = () => {
    for (const tell of [...streams]) tell();
  };
  const newestId = () => trades.at(-1)?.id;

  async function* read(afterTradeId: number | undefined, signal: AbortSignal): AsyncGenerator<TapePart> {
    if (fault) throw fault;
    let cut: AppError | undefined;
    let wake: () => void = () => undefined;
    const tell = () => wake();
    const end = (err: AppError) => {
      cut = err;
      wake();
    };
    streams.add(tell);
    ends.add(end);
    signal.addEventListener('abort', tell);
    let told = afterTradeId ?? Math.max(-1, (newestId() ?? 0) - 1);
    let toldMs = 0;
    let of = generation;
    try {
      yield { ...empty(0), heartbeatMs: 3_000, simulated };
      const first = trades[0]?.id ?? 0;
      if (afterTradeId !== undefined && (newestId() ?? 0) - afterTradeId > maxMissed)
        throw new AppError('failed_precondition', 'The id lies too far back.', {
          fields: [{ field: 'after_trade_id', message: 'lies too far back', reason: 'too-far-back' }],
          facts: {
            beginsAfterId: String((newestId() ?? 0) - maxMissed),
            newestId: String(newestId()),
            newestMs: String(trades.at(-1)?.tradeTimeMs ?? 0),
          },
        });
      if (told > (newestId() ?? -1)) {
        told = first - 1;
        yield { ...empty(0), renumbered: true };
      }
      while (!signal.aborted) {
        if (cut) throw cut;
        if (of !== generation) {
          of = generation;
          told = (trades[0]?.id ?? 0) - 1;
          yield { ...empty(toldMs), renumbered: true };
          continue;
        }
        const size = 1 + Math.floor(random() * 20);
        const part = trades.filter(({ id }) => id > told).slice(0, size);
        const crossed = hole && hole.fromId > told && (part[0]?.id ?? 0) > hole.toId ? hole : undefined;
        const through = part.at(-1)?.id ?? told;
        const isAll = through === (newestId() ?? told);
        const ms = isAll ? Math.max(toldMs, watermarkMs) : toldMs;
        if (part.length === 0 && ms <= toldMs) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        told = through;
        toldMs = ms;
        const rows = part.map((one) => ({ ...one, firstTradeId: one.id, lastTradeId: one.id }));
        yield { ...empty(ms), trades: rows, hole: crossed };
      }
    } finally {
      streams.delete(tell);
      ends.delete(end);
      signal.removeEventListener('abort', tell);
    }
  }
  const client: TapeClient = {
    follow: ({ afterTradeId }, signal) => read(afterTradeId, signal),
    prove: async (_symbol, throughMs) => {
      if (fault) throw fault;
      if (throughMs > 0 && noProof) throw noProof;
      if (throughMs > 0) proofs.push(throughMs);
      if (throughMs > watermarkMs) watermarkMs = Math.max(watermarkMs, Math.min(provenMs, throughMs));
      news();
      return { watermarkMs, lastTradeId: newestId() };
    },
  };
  /** What the exchange has for everybody, and which pages were asked for. */
  const pages: string[] = [];
  const history: TradeHistory = {
    trades: async (_symbol, fromId, limit) => {
      pages.push(`trades from ${fromId}`);
      await asked();
      if (noHistory) throw noHistory;
      const rows = trades.filter(({ id }) => id >= fromId).slice(0, limit);
      return rows.map((one) => ({ ...one, firstTradeId: one.id, lastTradeId: one.id }));
    },
    minutes: async (_symbol, startMs, endMs) => {
      pages.push('minutes');
      await asked();
      return klinesOf(trades, startMs, endMs);
    },
  };
  return {
    client,
    history,
    pages,
    /** Exchange times up to which silence was asked for. */
    proofs,
    /** A trade of the next id, told at once. */
    trade: (price: string, quantity: string, taker: 'buyer' | 'seller', timeMs: number, id = (newestId() ?? 0) + 1) => {
      trades.push({ id, price, quantity, tradeTimeMs: timeMs, buyerIsMaker: taker === 'seller' });
      news();
      return id;
    },
    /** Every trade before this exchange time is there. */
    seen: (ms: number) => {
      watermarkMs = ms;
      provenMs = Math.max(provenMs, ms);
      news();
    },
    /** The history would show so much silence, if it were asked. */
    silentUntil: (ms: number) => {
      provenMs = ms;
    },
    /** Trades that are not to be had, and the next ones. */
    lose: (fromId: number, toId: number) => {
      hole = { fromId, toId };
    },
    renumber: (fresh: readonly Scripted[] = []) => {
      trades = [...fresh];
      generation++;
      news();
    },
    /** Prices become made up, or real. */
    turn: (made: boolean, fresh: readonly Scripted[]) => {
      simulated = made;
      trades = [...fresh];
      for (const end of [...ends]) end(new AppError('unavailable', 'The kind of prices changed.'));
    },
    /** Every stream ends. */
    cut: () => {
      for (const end of [...ends]) end(new AppError('unavailable', 'The stream was cut.'));
    },
    refuseProofs: (words: string) => {
      noProof = new AppError('unavailable', words);
    },
    /** The pages of before cannot be had. */
    failHistory: (words: string) => {
      noHistory = new AppError('unavailable', words);
    },
    /** Nothing can be had any more; undefined: it can. */
    fail: (words: string | undefined) => {
      fault = words === undefined ? undefined : new AppError('unavailable', words);
      if (fault) for (const end of [...ends]) end(fault);
    },
    get newestId() {
      return newestId();
    },
  };
};
