import { createManualClock } from '@tickfolio/lib/clock';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { createConnectionGate } from './connection-gate.js';
import { createConnectionPool } from './connection-pool.js';
import type { ConnectionEnd, ConnectionEvents, ExchangeConnection } from './exchange-connection.js';
import { type ExchangeFrame, readMessage } from './frame.js';
import { defaultLimits, type SocketLimits } from './limits.js';
import { createSocketMetrics } from './metrics.js';
import type { Link } from './stream-events.js';
import { tickerOf, tradeOf, wrap } from './test-scripted-exchange.js';

const frameOf = (name: string, order: number): ExchangeFrame => {
  const [symbol = '', kind] = name.split('@');
  const read = readMessage(wrap(name, kind === 'aggTrade' ? tradeOf(symbol, order) : tickerOf(symbol, order)));
  if (read.type !== 'frame') throw new Error('not a frame');
  return read.frame;
};

const rig = (changed: Partial<SocketLimits> = {}) => {
  const limits = { ...defaultLimits, lifetimeJitter: 0, ...changed };
  const clock = createManualClock();
  const log: Record<string, unknown>[] = [];
  const logger = createLogger('socket', 'debug', (line) => log.push(JSON.parse(line) as Record<string, unknown>));
  const opened: ReturnType<typeof fake>[] = [];
  const links = new Map<string, Link>();
  const frames: { name: string; order: number; source: number; overlap: boolean }[] = [];
  const unsettled = new Set<string>();
  const gate = createConnectionGate(clock, limits.attemptsPerWindow, limits.attemptWindowMs);

  const fake = (events: ConnectionEvents) => {
    const acknowledged = new Map<string, number>();
    const seen = new Map<string, number>();
    const names = new Set<string>();
    let state: 'connecting' | 'open' | 'ended' = 'connecting';
    let lastDataMs: number | undefined;
    const connection: ExchangeConnection = {
      get isOpen() {
        return state === 'open';
      },
      get lastDataMs() {
        return lastDataMs;
      },
      acknowledgedAtMs: (name) => acknowledged.get(name),
      lastSeenMs: (name) => seen.get(name),
      want: (name) => void names.add(name),
      unwant: (name) => void names.delete(name),
      renew: () => undefined,
      close: async () => {
        state = 'ended';
      },
    };
    return {
      connection,
      names,
      get closed() {
        return state === 'ended';
      },
      open: () => {
        state = 'open';
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
        events.frame(frameOf(name, order), clock.now());
      },
      notice: () => events.shutdownNotice(),
      end: (end: ConnectionEnd = { why: 'failed', detail: 'gone' }) => {
        state = 'ended';
        events.ended(end);
      },
    };
  };
  const pool = createConnectionPool({
    clock,
    log: logger,
    random: () => 0.999_999,
    gate,
    limits,
    metrics: createSocketMetrics(createMetrics('socket')),
    events: {
      frame: ({ stream, order }, _receiveTimeMs, source, overlap) => frames.push({ name: stream, order, source, overlap }),
      link: (name, link) => links.set(name, link),
      settled: (name) => !unsettled.has(name),
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
  return { pool, clock, log, opened, links, frames, unsettled, gate, limits, at };
};

const btc = 'btcusdt@aggTrade';
const eth = 'ethusdt@aggTrade';

describe('connections', () => {
  it('are few: many streams on each, a new one only when the others are full', () => {
    const { pool, opened } = rig({ streamsPerConnection: 200, maxConnections: 3 });
    for (let index = 0; index < 600; index++) expect(pool.want(`s${index}usdt@aggTrade`)).toBe(true);
    expect(opened.map(({ names }) => names.size)).toEqual([200, 200, 200]);
    expect(pool.want('onemore@aggTrade')).toBe(false);
    pool.unwant('s7usdt@aggTrade');
    expect(pool.want('onemore@aggTrade')).toBe(true);
    expect(opened).toHaveLength(3);
  });

  it('close when they have carried nothing for a while', () => {
    const { pool, at, clock, limits } = rig();
    pool.want(btc);
    at(0).open();
    pool.unwant(btc);
    clock.advance(limits.idleCloseMs - 2_000);
    expect(at(0).closed).toBe(false);
    clock.advance(4_000);
    expect(at(0).closed).toBe(true);
    expect(pool.connections).toEqual({ open: 0, wanted: 0 });
  });
});

describe('reconnecting', () => {
  it('backs off further until real data arrives, however often the exchange lets us in', () => {
    const { pool, clock, opened, at, links, limits } = rig();
    pool.want(btc);
    const delays: number[] = [];
    const loseAndWait = () => {
      const before = opened.length;
      const sinceMs = clock.monotonic();
      at(-1).end();
      while (opened.length === before) clock.advance(10);
      delays.push(Math.round((clock.monotonic() - sinceMs) / 100) * 100);
    };
    for (let attempt = 0; attempt < 4; attempt++) {
      at(-1).open();
      at(-1).acknowledge();
      loseAndWait();
    }
    expect(delays).toEqual([200, 400, 800, 1_600]);
    at(-1).open();
    at(-1).data(btc, 1);
    loseAndWait();
    expect(delays.at(-1)).toBe(200);
    for (let attempt = 0; attempt < 12; attempt++) loseAndWait();
    expect(Math.max(...delays)).toBe(limits.backoffCapMs);
    expect(links.get(btc)).toEqual({ kind: 'down', detail: 'gone' });
    expect([...at(-1).names]).toEqual([btc]);
  });

  it('never tries more often than the window allows, even with no delay', () => {
    const { pool, clock, opened, at } = rig({ backoffBaseMs: 0.001, backoffCapMs: 0.001, attemptsPerWindow: 20, attemptWindowMs: 10_000 });
    pool.want(btc);
    const times: number[] = [];
    for (let step = 0; step < 40_000; step += 1) {
      if (!at(-1).closed) {
        at(-1).end();
        times.push(clock.monotonic());
      }
      clock.advance(1);
    }
    for (const atMs of times) expect(times.filter((other) => other > atMs - 10_000 && other <= atMs).length).toBeLessThanOrEqual(20);
    expect(opened.length).toBeGreaterThan(40);
  });

  it('says what a refusing exchange said, once, and comes back rarely', () => {
    const { pool, clock, opened, at, links, log, limits } = rig({ streamsPerConnection: 1 });
    pool.want(btc);
    at(0).end({ why: 'refused', status: 451 });
    expect(links.get(btc)).toEqual({ kind: 'refused', detail: 'the exchange answered HTTP 451 and refuses this address' });
    // Whoever comes later is told at once, without a new attempt.
    pool.want(eth);
    expect(links.get(eth)?.kind).toBe('refused');
    clock.advance(limits.refusedRetryMs - 1_000);
    expect(opened).toHaveLength(1);
    expect(pool.fault).toContain('451');
    for (let hour = 0; hour < 12; hour++) {
      clock.advance(limits.refusedRetryMs + 1_500);
      for (const one of opened) if (!one.closed) one.end({ why: 'refused', status: 451 });
    }
    expect(opened.length).toBeLessThan(30);
    expect(log.filter(({ level, status }) => level === 50 && status === 451)).toHaveLength(1);
    clock.advance(limits.refusedRetryMs + 1_500);
    at(-1).open();
    at(-1).acknowledge();
    expect([...links.values()].some(({ kind }) => kind === 'answered')).toBe(true);
  });

  it('waits as long as a 429 asks', () => {
    const { pool, clock, opened, at } = rig();
    pool.want(btc);
    at(0).end({ why: 'limited', status: 429, retryAfterMs: 60_000 });
    clock.advance(59_999);
    expect(opened).toHaveLength(1);
    clock.advance(1_100);
    expect(opened).toHaveLength(2);
  });
});

describe('rotation', () => {
  const running = (changed: Partial<SocketLimits> = {}) => {
    const it = rig(changed);
    it.pool.want(btc);
    it.pool.want(eth);
    it.at(0).open();
    it.at(0).acknowledge();
    it.at(0).data(btc, 1);
    return it;
  };

  it('comes before the exchange cuts at 24 hours, jittered', () => {
    const { clock, opened, limits, at } = running({ lifetimeJitter: 0.1 });
    for (let minute = 0; minute * 60_000 < limits.lifetimeMs * 0.9 - 60_000; minute++) {
      clock.advance(60_000 / 2);
      at(0).data(btc, 2 * minute);
      clock.advance(60_000 / 2);
      at(0).data(btc, 2 * minute + 1);
    }
    expect(opened).toHaveLength(1);
    clock.advance(120_000);
    expect(opened.length).toBeGreaterThan(1);
  });

  it('keeps the old connection until the new one delivers, and names the overlap', () => {
    const { clock, opened, at, frames, links, limits, unsettled, pool } = running({ lifetimeMs: 1_000 });
    clock.advance(1_000);
    expect(opened).toHaveLength(2);
    expect([...at(1).names].sort()).toEqual([btc, eth].sort());
    at(1).open();
    at(0).data(btc, 2);
    clock.advance(200);
    expect(at(0).closed).toBe(false);
    at(1).acknowledge();
    at(0).data(btc, 3);
    at(1).data(btc, 4); // The new one is ahead: 3 is forwarded from the old one, but suppose a hole.
    unsettled.add(btc);
    clock.advance(limits.rotationSettleMs + 1_000);
    expect(at(0).closed).toBe(false);
    unsettled.delete(btc);
    clock.advance(200);
    expect(at(0).closed).toBe(true);
    expect(frames.map(({ order, source, overlap }) => [order, source, overlap])).toEqual([
      [1, 1, false],
      [2, 1, true],
      [3, 1, true],
      [4, 2, true],
    ]);
    expect(links.get(btc)).toEqual({ kind: 'answered' });
    // The old one's end is no event any more.
    at(0).end();
    expect(opened).toHaveLength(2);
    expect(pool.connections).toEqual({ open: 1, wanted: 1 });
  });

  it('does not believe a new connection that stays silent on a stream the old one delivers', () => {
    const { clock, opened, at, limits } = running({ lifetimeMs: 1_000, rotationTimeoutMs: 20_000 });
    clock.advance(1_000);
    at(1).open();
    at(1).acknowledge();
    for (let second = 0; second < 19; second++) {
      clock.advance(1_000);
      at(0).data(btc, 10 + second);
    }
    expect(at(0).closed).toBe(false);
    clock.advance(2_000);
    expect(at(1).closed).toBe(true);
    expect(at(0).closed).toBe(false);
    clock.advance(limits.backoffCapMs);
    expect(opened.length).toBeGreaterThan(2);
  });

  it('follows a shutdown notice at once', () => {
    const { opened, at } = running();
    at(0).notice();
    expect(opened).toHaveLength(2);
    at(0).notice();
    expect(opened).toHaveLength(2);
  });

  it('makes the new connection the only one when the old one breaks meanwhile', () => {
    const { clock, opened, at, links, frames } = running();
    at(0).notice();
    at(1).open();
    at(1).acknowledge(btc);
    at(0).end();
    expect(links.get(btc)?.kind).toBe('answered');
    expect(links.get(eth)?.kind).toBe('down');
    clock.advance(2_000);
    expect(opened).toHaveLength(2);
    at(1).acknowledge(eth);
    expect(links.get(eth)?.kind).toBe('answered');
    at(1).data(btc, 9);
    expect(frames.at(-1)).toMatchObject({ order: 9, overlap: false });
    // And when it breaks as well, one owner reconnects once.
    at(1).end();
    clock.advance(1_000);
    expect(opened).toHaveLength(3);
  });

  it('keeps the old connection when the new one fails, and tries again', () => {
    const { clock, opened, at, links } = running();
    at(0).notice();
    at(1).end();
    expect(links.get(btc)?.kind).toBe('answered');
    expect(at(0).closed).toBe(false);
    clock.advance(1_000);
    expect(opened).toHaveLength(3);
  });

  it('takes streams in and lets them go on both connections meanwhile', () => {
    const { at, pool } = running();
    at(0).notice();
    pool.want('bnbusdt@aggTrade');
    pool.unwant(eth);
    for (const index of [0, 1]) expect([...at(index).names]).toEqual([btc, 'bnbusdt@aggTrade']);
  });

  it('does not double: after many days there is still one connection', () => {
    const { clock, at, pool } = running({ lifetimeMs: 10_000 });
    let id = 1;
    for (let round = 0; round < 50; round++) {
      clock.advance(10_000);
      at(-1).open();
      at(-1).acknowledge();
      for (const name of [btc, eth]) at(-1).data(name, id);
      id += 1;
      clock.advance(200);
      expect(pool.connections).toEqual({ open: 1, wanted: 1 });
    }
  });
});

describe('a silent connection', () => {
  const ticker = 'btcusdt@miniTicker';

  it('is replaced, and what it carries is broken meanwhile', () => {
    const { pool, clock, opened, at, links, limits } = rig();
    pool.want(btc);
    pool.want(ticker);
    at(0).open();
    at(0).acknowledge();
    at(0).data(ticker, 1);
    clock.advance(limits.connectionSilenceMs - 1_000);
    expect(opened).toHaveLength(1);
    clock.advance(3_000);
    expect(opened).toHaveLength(2);
    expect(links.get(btc)?.kind).toBe('silent');
    at(1).open();
    at(1).acknowledge();
    expect(links.get(btc)?.kind).toBe('answered');
    clock.advance(200);
    expect(at(0).closed).toBe(true);
  });

  it('is no alarm where only trades are carried and the market is quiet', () => {
    const { pool, clock, opened, at, links, limits } = rig();
    pool.want(btc);
    at(0).open();
    at(0).acknowledge();
    for (let id = 1; id < 10; id++) {
      at(0).data(btc, id);
      clock.advance(50_000);
    }
    expect(opened).toHaveLength(1);
    clock.advance(limits.quietConnectionSilenceMs);
    expect(opened).toHaveLength(2);
    expect(links.get(btc)?.kind).toBe('answered');
  });

  it('is replaced more and more rarely when its successors are silent too', () => {
    const { pool, clock, opened, at } = rig();
    pool.want(ticker);
    at(0).open();
    at(0).acknowledge();
    for (let second = 0; second < 3_600; second++) {
      clock.advance(1_000);
      const last = at(-1);
      if (last.closed || last.connection.isOpen) continue;
      last.open();
      last.acknowledge();
    }
    expect(opened.length).toBeGreaterThan(4);
    expect(opened.length).toBeLessThan(15);
  });
});
