import { type AllTickersStatus, type MiniTicker, StreamState } from '@tickfolio/gen/market/v1';
import { type Clock, sleep, type Timer } from '@tickfolio/lib/clock';
import { toAppError } from '@tickfolio/lib/errors';
import { doubledMs } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import { allTickersStream } from '../exchange/ticker-array.js';
import type { SocketLimits } from '../limits.js';
import type { SocketMetrics } from '../metrics.js';
import type { ConnectionPool } from '../pool/connection-pool.js';
import type { Link, StreamEvents } from '../pool/stream-events.js';
import { createTickerBoard } from './ticker-board.js';
import type { TickerReader } from './ticker-reader.js';

/** The last 24 hours of all symbols, by one stream of the exchange that is there while somebody reads. */
export interface AllMarket {
  /** Tells the reader what is known, and from now on what changes. */
  open(reader: Pick<TickerReader, 'push' | 'report'>): void;
  close(reader: Pick<TickerReader, 'push' | 'report'>): void;
  readonly status: AllTickersStatus;
  readonly readers: number;
  readonly pool: Pick<ConnectionPool, 'connections'>;
  shutdown(): Promise<void>;
}

export interface AllMarketDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<SocketMetrics, 'frames' | 'implausible'>;
  readonly limits: Pick<SocketLimits, 'lingerMs' | 'allTickersSilenceMs' | 'silenceCapMs'>;
  /** All symbols at once; what trades rarely is not in the stream for long. @throws AppError */
  readonly dayTickers: (signal: AbortSignal) => Promise<readonly MiniTicker[]>;
  /** What the exchange's clock shows, epoch milliseconds; undefined while that is not known. */
  readonly exchangeNowMs: () => number | undefined;
  readonly connect: (events: StreamEvents) => ConnectionPool;
}

const lookMs = 1_000;
/** After an answer that failed; the exchange may want longer. */
const seedRetryMs = 30_000;
/** So far ahead of every clock a time is wrong, and would stand as the newest until then. */
const maxAheadMs = 60_000;

const { STREAM_STATE_PENDING, STREAM_STATE_LIVE, STREAM_STATE_BROKEN, STREAM_STATE_REFUSED } = StreamState;

const stateOfLink = (link: Link): Pick<AllTickersStatus, 'state' | 'detail'> => {
  if (link.kind === 'refused') return { state: STREAM_STATE_REFUSED, detail: link.detail };
  if ('detail' in link) return { state: STREAM_STATE_BROKEN, detail: link.detail };
  const detail = link.kind === 'answered' ? 'subscribed, no data yet' : 'asking the exchange';
  return { state: STREAM_STATE_PENDING, detail };
};

export const createAllMarket = (deps: AllMarketDeps): AllMarket => {
  const { clock, log, metrics, limits, dayTickers, exchangeNowMs, connect } = deps;
  const board = createTickerBoard();
  const readers = new Set<Pick<TickerReader, 'push' | 'report'>>();
  let status: AllTickersStatus = { ...stateOfLink({ kind: 'asking' }), sinceMs: clock.now() };
  let linger: Timer | undefined;
  let seeding: AbortController | undefined;
  /** Monotonic; of the last data, or of the last attempt to get some. */
  let heardMs = clock.monotonic();
  let replacements = 0;
  /** What changed while there was no connection, and does not change again soon, is had by asking alone. */
  let isSeedDue = true;

  const report = (news: Pick<AllTickersStatus, 'state' | 'detail'>) => {
    if (news.state === status.state && news.detail === status.detail) return;
    status = { ...news, sinceMs: news.state === status.state ? status.sinceMs : clock.now() };
    for (const reader of readers) reader.report(status);
  };
  const tell = (tickers: readonly MiniTicker[]) => {
    if (tickers.length > 0) for (const reader of readers) reader.push(tickers);
  };

  /** Asks for all symbols once, until that succeeds. */
  const seed = async () => {
    seeding?.abort();
    const mine = new AbortController();
    seeding = mine;
    while (!mine.signal.aborted) {
      try {
        const tickers = await dayTickers(mine.signal);
        if (!mine.signal.aborted) tell(board.seed(tickers));
        return;
      } catch (thrown) {
        if (mine.signal.aborted) return;
        const err = toAppError(thrown);
        const waitMs = Math.max(seedRetryMs, err.retryAfterMs ?? 0);
        log.info({ reason: err.message, retryInMs: waitMs }, 'the last 24 hours of all symbols could not be read');
        await sleep(clock, waitMs, mine.signal);
      }
    }
  };

  const seedWhereDue = () => {
    if (!isSeedDue) return;
    isSeedDue = false;
    void seed();
  };

  const isAhead = (eventTimeMs: number, receiveTimeMs: number) =>
    eventTimeMs > Math.max(receiveTimeMs, exchangeNowMs() ?? receiveTimeMs) + maxAheadMs;
  const pool = connect({
    frame: () => undefined,
    settled: () => true,
    tickers: (tickers, receiveTimeMs) => {
      heardMs = clock.monotonic();
      replacements = 0;
      metrics.frames.inc({ kind: 'allMiniTickers' });
      const good = tickers.filter(({ eventTimeMs }) => !isAhead(eventTimeMs, receiveTimeMs));
      for (let bad = tickers.length - good.length; bad > 0; bad--)
        metrics.implausible('miniTicker', "its time lies ahead of the exchange's own clock");
      if (good.length > 0) report({ state: STREAM_STATE_LIVE, detail: '' });
      tell(board.take(good));
      seedWhereDue();
    },
    link: (_name, link) => {
      if (link.kind === 'answered') {
        // A successor's answer says nothing new about a stream that flows.
        if (status.state === STREAM_STATE_LIVE) return;
        heardMs = clock.monotonic();
        seedWhereDue();
      } else isSeedDue = true;
      report(stateOfLink(link));
    },
  });
  const watch = clock.every(lookMs, () => {
    const isUp = status.state === STREAM_STATE_LIVE || status.state === STREAM_STATE_PENDING;
    const boundMs = doubledMs(limits.allTickersSilenceMs, limits.silenceCapMs, replacements);
    const silentMs = clock.monotonic() - heardMs;
    if (readers.size === 0 || silentMs < limits.allTickersSilenceMs) return;
    if (isUp) report({ state: STREAM_STATE_BROKEN, detail: 'the exchange sends nothing of all symbols' });
    isSeedDue = true;
    if (silentMs < boundMs) return;
    replacements += 1;
    heardMs = clock.monotonic();
    log.warn({ silentMs: Math.round(silentMs) }, 'the stream of all symbols is silent; replacing its connection');
    pool.replace(allTickersStream);
  });

  const stop = () => {
    linger = undefined;
    pool.unwant(allTickersStream);
    seeding?.abort();
    isSeedDue = true;
    board.clear();
    status = { ...stateOfLink({ kind: 'asking' }), sinceMs: clock.now() };
  };
  return {
    open: (reader) => {
      linger?.cancel();
      linger = undefined;
      readers.add(reader);
      if (readers.size === 1) {
        heardMs = clock.monotonic();
        pool.want(allTickersStream);
      }
      reader.report(status);
      reader.push(board.all());
    },
    close: (reader) => {
      if (readers.delete(reader) && readers.size === 0) linger = clock.after(limits.lingerMs, stop);
    },
    get status() {
      return status;
    },
    get readers() {
      return readers.size;
    },
    pool,
    shutdown: async () => {
      watch.cancel();
      linger?.cancel();
      seeding?.abort();
      await pool.close();
    },
  };
};
