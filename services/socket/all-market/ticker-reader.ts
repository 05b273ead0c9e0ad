import type { ServerWritableStream } from '@grpc/grpc-js';
import type { AllTickersStatus, MiniTicker, ReceiveAllMiniTickersResponse } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import { drained } from '@tickfolio/lib/grpc';

/** One gRPC stream's side: what waits for a slow reader is the newest ticker of each symbol, and no more. */
export interface TickerReader {
  push(tickers: readonly MiniTicker[]): void;
  report(status: AllTickersStatus): void;
  /** Resolves when the call is over. */
  readonly over: Promise<void>;
}

export interface TickerReaderOptions {
  /** At least so often a message comes. */
  readonly heartbeatMs: number;
  /** Told in the first message; undefined while that is not known. */
  readonly simulated: boolean | undefined;
}

/** Of one message: some 250 kB; readers take 4 MiB. */
const tickersPerMessage = 2_000;

export const createTickerReader = (
  call: ServerWritableStream<unknown, ReceiveAllMiniTickersResponse>,
  signal: AbortSignal,
  clock: Clock,
  { heartbeatMs, simulated }: TickerReaderOptions,
): TickerReader => {
  const waiting = new Map<string, MiniTicker>();
  let status: AllTickersStatus | undefined;
  let isFirst = true;
  let isFull = false;

  const send = (tickers: MiniTicker[]) => {
    const message = { tickers, status, ...(isFirst ? { heartbeatMs, simulated } : noGreeting) };
    isFirst = false;
    status = undefined;
    if (call.write(message)) return;
    isFull = true;
    const resume = () => {
      isFull = false;
      write();
    };
    drained(call, signal).then(resume, resume);
  };
  const write = () => {
    while (!isFull && !signal.aborted && (waiting.size > 0 || status)) {
      const batch = [...waiting.values()].slice(0, tickersPerMessage);
      for (const { symbol } of batch) waiting.delete(symbol);
      send(batch);
    }
  };
  const heartbeat = clock.every(heartbeatMs, () => {
    if (!isFull) send([]);
  });
  const over = new Promise<void>((resolve) => {
    const end = () => {
      heartbeat.cancel();
      waiting.clear();
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  return {
    push: (tickers) => {
      for (const ticker of tickers) waiting.set(ticker.symbol, ticker);
      write();
    },
    report: (news) => {
      status = news;
      write();
    },
    over,
  };
};

const noGreeting = { heartbeatMs: undefined, simulated: undefined };
