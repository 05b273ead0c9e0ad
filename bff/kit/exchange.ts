import {
  type Kline,
  type ListKlinesResponse,
  type MiniTicker,
  type ReceiveAllMiniTickersResponse,
  StreamState,
} from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { klineIntervals } from '@tickfolio/lib/market/kline-interval';
import type { KlinesAsked, SocketClient } from '../exchange/socket-client.js';

/** A kline in which one price was paid, once. */
export const klineAt = (openTimeMs: number, stepMs: number, price: string, more: Partial<Kline> = {}): Kline => ({
  openTimeMs,
  closeTimeMs: openTimeMs + stepMs - 1,
  ...{ open: price, high: price, low: price, close: price },
  ...{ volume: '1', quoteVolume: price, trades: 1, takerBuyVolume: '0', takerBuyQuoteVolume: '0', closed: true },
  ...more,
});

export const tickerAt = (symbol: string, close: string, eventTimeMs: number, more: Partial<MiniTicker> = {}) => ({
  ...{ symbol, eventTimeMs, close, open: close, high: close, low: close, volume: '1', quoteVolume: close },
  ...more,
});

const live = { state: StreamState.STREAM_STATE_LIVE, detail: '', sinceMs: 0 };

/** A socket service that answers from what the test sets. */
export const createFakeExchange = (clock: Pick<Clock, 'now'>) => {
  const listeners = new Set<(message: ReceiveAllMiniTickersResponse | AppError) => void>();
  const fake = {
    simulated: false,
    fault: undefined as AppError | undefined,
    /** By symbol: what it cost at a moment; undefined where nothing was traded or nobody knows. */
    prices: new Map<string, (atMs: number) => string | undefined>(),
    asked: [] as KlinesAsked[],
    /** How often the stream of all symbols was opened. */
    opened: 0,
    tell: (...tickers: MiniTicker[]) => {
      for (const hear of listeners) hear({ tickers, status: live, heartbeatMs: undefined, simulated: fake.simulated });
    },
    /** Ends the streams that are open. */
    cut: (fault = new AppError('unavailable', 'The socket service is away.')) => {
      for (const hear of [...listeners]) hear(fault);
    },
    get isHeard() {
      return listeners.size > 0;
    },
  };
  const klines = async (asked: KlinesAsked): Promise<ListKlinesResponse> => {
    fake.asked.push(asked);
    if (fake.fault) throw fake.fault;
    const priceAt = fake.prices.get(asked.symbol);
    if (!priceAt) throw new AppError('not_found', 'The exchange does not list this symbol.');
    const stepMs = klineIntervals[asked.interval];
    const serverTimeMs = clock.now();
    const untilMs = Math.min(asked.endMs ?? serverTimeMs, serverTimeMs);
    const fromMs =
      asked.startMs === undefined
        ? Math.floor(untilMs / stepMs - asked.limit + 1) * stepMs
        : Math.ceil(asked.startMs / stepMs) * stepMs;
    const found: Kline[] = [];
    for (let at = fromMs; at <= untilMs && found.length < asked.limit; at += stepMs) {
      const price = priceAt(at);
      if (price !== undefined) found.push(klineAt(at, stepMs, price, { closed: at + stepMs <= serverTimeMs }));
    }
    return { klines: found, gaps: [], serverTimeMs, simulated: fake.simulated };
  };
  async function* tickers(signal: AbortSignal): AsyncGenerator<ReceiveAllMiniTickersResponse> {
    const queue: (ReceiveAllMiniTickersResponse | AppError)[] = [];
    let wake: () => void = () => undefined;
    const hear = (message: ReceiveAllMiniTickersResponse | AppError) => {
      queue.push(message);
      wake();
    };
    listeners.add(hear);
    signal.addEventListener('abort', () => wake(), { once: true });
    fake.opened += 1;
    try {
      while (!signal.aborted) {
        const next = queue.shift();
        if (next instanceof AppError) throw next;
        if (next) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      listeners.delete(hear);
    }
  }
  const client: SocketClient = { klines, tickers, check: async () => undefined, close: () => undefined };
  return { fake, client };
};
