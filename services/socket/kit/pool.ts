import { createManualClock } from '@tickfolio/lib/clock';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import type { ConnectionEnd, ConnectionEvents, ExchangeConnection } from '../exchange/exchange-connection.js';
import { type ExchangeFrame, readMessage } from '../exchange/frame.js';
import { defaultLimits, type SocketLimits } from '../limits.js';
import { createSocketMetrics } from '../metrics.js';
import { createConnectionGate } from '../pool/connection-gate.js';
import { createConnectionPool } from '../pool/connection-pool.js';
import type { Link } from '../pool/stream-events.js';
import { tickerOf, tradeOf, wrap } from './scripted-exchange.js';

// For tests only: the pool over connections of which every event is decided by the test, in a time that stands still.

const frameOf = (name: string, order: number): ExchangeFrame => {
  const [symbol = '', kind] = name.split('@');
  const read = readMessage(wrap(name, kind === 'aggTrade' ? tradeOf(symbol, order) : tickerOf(symbol, order)));
  if (read.type !== 'frame') throw new Error('not a frame');
  return read.frame;
};

export const createPoolRig = (changed: Partial<SocketLimits> = {}) => {
  const limits = { ...defaultLimits, lifetimeJitter: 0, ...changed };
  const clock = createManualClock();
  const log: Record<string, unknown>[] = [];
  const logger = createLogger('socket', 'debug', (line) => log.push(JSON.parse(line) as Record<string, unknown>));
  const opened: ReturnType<typeof fake>[] = [];
  const links = new Map<string, Link>();
  const frames: { name: string; order: number; source: number; overlap: boolean }[] = [];
  const unsettled = new Set<string>();
  /**
   * Streams of which the history has ever newer trades that do not come; what it has of others; and those that it was
   * asked about.
   */
  const behind = new Set<string>();
  const tradedMs = new Map<string, number>();
  const asked: string[] = [];
  const lastEventsMs = new Map<string, number>();
  /** How far the exchange's clock is ahead of this computer's. */
  const exchange = { aheadMs: 0 };
  const exchangeMs = () => clock.now() + exchange.aheadMs;
  /** How often it was told that no connection that is wanted is missing any more. */
  const told = { noneMissing: 0 };
  const gate = createConnectionGate(clock, limits.attemptsPerWindow, limits.attemptWindowMs);

  const fake = (events: ConnectionEvents) => {
    const acknowledged = new Map<string, number>();
    const seen = new Map<string, number>();
    const names = new Set<string>();
    let state: 'connecting' | 'open' | 'ended' = 'connecting';
    const refused = new Set<string>();
    let lastDataMs: number | undefined;
    let openedMs: number | undefined;
    const connection: ExchangeConnection = {
      get isOpen() {
        return state === 'open';
      },
      get lastDataMs() {
        return lastDataMs;
      },
      get lastSignMs() {
        // What works answers whenever it is asked.
        if (openedMs !== undefined && state === 'open' && it.answers) return clock.monotonic();
        return lastDataMs ?? openedMs;
      },
      acknowledgedAtMs: (name) => acknowledged.get(name),
      isRefused: (name) => refused.has(name),
      lastSeenMs: (name) => seen.get(name),
      want: (name) => void names.add(name),
      unwant: (name) => void names.delete(name),
      renew: () => undefined,
      close: async () => {
        state = 'ended';
      },
    };
    const it = {
      connection,
      names,
      /** Whether it answers when it is asked for a sign of life. */
      answers: true,
      get closed() {
        return state === 'ended';
      },
      open: () => {
        state = 'open';
        openedMs = clock.monotonic();
        events.opened();
      },
      acknowledge: (...given: string[]) => {
        for (const name of given.length ? given : names) {
          acknowledged.set(name, clock.monotonic());
          events.acknowledged(name);
        }
      },
      data: (name: string, order: number) => {
        lastDataMs = clock.monotonic();
        if (!acknowledged.has(name)) {
          acknowledged.set(name, lastDataMs);
          events.acknowledged(name);
        }
        seen.set(name, lastDataMs);
        lastEventsMs.set(name, exchangeMs());
        events.frame(frameOf(name, order), clock.now());
      },
      refuse: (name: string) => {
        refused.add(name);
        events.rejected(name, 'no', { isNews: true, retryInMs: 30_000 });
      },
      notice: () => events.shutdownNotice(),
      end: (end: ConnectionEnd = { why: 'failed', detail: 'gone' }) => {
        state = 'ended';
        events.ended(end);
      },
    };
    return it;
  };
  const pool = createConnectionPool({
    clock,
    log: logger,
    random: () => 0.999_999,
    gate,
    limits,
    metrics: createSocketMetrics(createMetrics('socket')),
    events: {
      frame: ({ stream, order }, _receiveTimeMs, source, overlap) =>
        frames.push({ name: stream, order, source, overlap }),
      link: (name, link) => links.set(name, link),
      settled: (name) => !unsettled.has(name),
      lastTradedMs: async (name) => {
        asked.push(name);
        return behind.has(name) ? exchangeMs() : (tradedMs.get(name) ?? lastEventsMs.get(name) ?? 0);
      },
      lastEventMs: (name) => lastEventsMs.get(name),
    },
    noneMissing: () => {
      told.noneMissing += 1;
    },
    open: (events) => {
      const one = fake(events);
      opened.push(one);
      return one.connection;
    },
  });
  const at = (index: number) => {
    const one = opened.at(index);
    if (!one) throw new Error(`no connection ${index}`);
    return one;
  };
  return {
    pool,
    clock,
    log,
    opened,
    links,
    frames,
    unsettled,
    behind,
    tradedMs,
    exchange,
    exchangeMs,
    asked,
    told,
    gate,
    limits,
    at,
  };
};
