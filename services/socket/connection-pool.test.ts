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
        events.frame(frameOf(name, order), clock.now());
      },
      refuse: (name: string) => {
        refused.add(name);
        events.rejected(name, 'no');
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

  it('hands over although the exchange refuses one of the streams', () => {
    const { clock, at, limits } = running({ lifetimeMs: 1_000 });
    clock.advance(1_000);
    at(1).open();
    at(1).acknowledge(btc);
    at(1).data(btc, 2);
    at(1).refuse(eth);
    clock.advance(limits.rotationSettleMs);
    expect(at(0).closed).toBe(true);
  });

  it('says of a stream that only the old connection carried that it is refused, once that one is gone', () => {
    const { clock, at, links, limits } = running({ lifetimeMs: 1_000 });
    clock.advance(1_000);
    at(1).open();
    at(1).acknowledge(btc);
    at(1).refuse(eth);
    at(0).data(eth, 5);
    expect(links.get(eth)?.kind).toBe('answered');
    at(1).data(btc, 2);
    clock.advance(limits.rotationSettleMs);
    expect(at(0).closed).toBe(true);
    expect(links.get(eth)?.kind).toBe('rejected');
  });

  it('does not wait for a stream that the old connection does not carry either', () => {
    const { clock, at, pool, limits } = running({ lifetimeMs: 1_000 });
    clock.advance(1_000);
    at(1).open();
    at(1).acknowledge(btc, eth);
    pool.want('newusdt@aggTrade');
    clock.advance(limits.rotationSettleMs + 200);
    expect(at(0).closed).toBe(true);
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
    at(0).answers = false;
    clock.advance(limits.connectionSilenceMs - 1_000);
    expect(opened).toHaveLength(1);
    clock.advance(2_000);
    expect(opened).toHaveLength(2);
    expect(links.get(btc)?.kind).toBe('silent');
    at(1).open();
    at(1).acknowledge();
    expect(links.get(btc)?.kind).toBe('answered');
    clock.advance(200);
    expect(at(0).closed).toBe(true);
  });

  it('is replaced more and more rarely when its successors are silent too', () => {
    const { pool, clock, opened, at } = rig();
    pool.want(ticker);
    at(0).open();
    at(0).acknowledge();
    for (let second = 0; second < 3_600; second++) {
      at(-1).answers = false;
      clock.advance(1_000);
      const last = at(-1);
      if (last.closed || last.connection.isOpen) continue;
      last.open();
      last.acknowledge();
    }
    expect(opened.length).toBeGreaterThan(4);
    expect(opened.length).toBeLessThan(15);
  });

  /** Trades of a symbol and the mini-ticker of each, at random with so many seconds in between on average, or regularly. */
  const trading = (everySeconds: number, regular: boolean) => {
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const it = rig({ lifetimeMs: 100 * 3_600_000 });
    const streams = ['minorusdt@miniTicker', 'minorusdt@aggTrade'];
    const broken: number[] = [];
    for (const name of streams) it.pool.want(name);
    it.at(0).open();
    it.at(0).acknowledge();
    let order = 1_700_000_000_000;
    let nextSecond = 0;
    const run = (seconds: number) => {
      nextSecond = 0;
      for (let second = 0; second < seconds; second++) {
        if (second >= nextSecond) {
          nextSecond = second + (regular ? everySeconds : 1 + Math.round(-Math.log(random()) * everySeconds));
          for (const name of streams) it.at(-1).data(name, ++order);
        }
        it.clock.advance(1_000);
        if ([...it.links.values()].some(({ kind }) => kind === 'silent')) broken.push(second);
      }
    };
    return { ...it, run, broken, streams };
  };

  it.each([
    ['which trades every 100 s', 100, true],
    ['which trades every 5 s on average', 5, false],
    ['which trades once a minute on average', 60, false],
    ['which trades twice an hour on average', 1_800, false],
  ])('is not what a quiet portfolio has: a day of a minor coin %s, and no connection is replaced', (_what, everySeconds, regular) => {
    const { run, opened, broken } = trading(everySeconds, regular);
    run(86_400);
    expect(opened).toHaveLength(1);
    expect(broken).toEqual([]);
  });

  it.each([5, 10, 20, 40, 600])('is noticed within 15 s also after hours with a minor coin that trades every %i s', (everySeconds) => {
    const { run, opened, at, clock, links, streams } = trading(everySeconds, false);
    run(3 * 3_600);
    expect(opened).toHaveLength(1);
    at(0).data(streams[0] ?? '', 1_800_000_000_000);
    at(0).answers = false;
    clock.advance(15_000);
    expect(opened).toHaveLength(2);
    expect(links.get('minorusdt@aggTrade')?.kind).toBe('silent');
  });

  it('is noticed within 15 s though it answers, where a hundred busy coins came every second', () => {
    const { run, opened, at, clock, pool, links } = trading(20, false);
    run(3 * 3_600);
    const busy = Array.from({ length: 100 }, (_, index) => `busy${index}usdt@miniTicker`);
    for (const name of busy) pool.want(name);
    at(0).acknowledge();
    for (let second = 0; second < 120; second++) {
      for (const name of busy) at(0).data(name, 1_800_000_000_000 + second);
      clock.advance(1_000);
    }
    clock.advance(12_000);
    expect(opened).toHaveLength(1);
    clock.advance(2_000);
    expect(opened).toHaveLength(2);
    // Where the next one brings nothing either, trading pauses: it stays.
    at(1).open();
    at(1).acknowledge();
    clock.advance(3_600_000);
    expect(opened).toHaveLength(2);
    expect([...links.values()].every(({ kind }) => kind === 'answered')).toBe(true);
  });

  it('is not what is left when the busy coins are sold and a minor one stays', () => {
    const { opened, at, clock, pool } = trading(20, false);
    const busy = Array.from({ length: 100 }, (_, index) => `busy${index}usdt@miniTicker`);
    for (const name of busy) pool.want(name);
    for (let second = 0; second < 120; second++) {
      for (const name of busy) at(0).data(name, 1_800_000_000_000 + second);
      clock.advance(1_000);
    }
    for (const name of busy) pool.unwant(name);
    clock.advance(3_600_000);
    expect(opened).toHaveLength(1);
  });

  it('is told apart by the age of its newest frame', () => {
    const { pool, clock, at } = rig({ streamsPerConnection: 1 });
    pool.want(btc);
    pool.want(eth);
    at(0).open();
    at(1).open();
    clock.advance(1_000);
    at(0).data(btc, 1);
    clock.advance(4_000);
    expect([...pool.newestAgesMs()]).toEqual([
      [1, 4_000],
      [2, 5_000],
    ]);
  });

  it('is replaced though one of its streams is refused', () => {
    const { pool, clock, at, limits, opened } = rig();
    pool.want(btc);
    pool.want(eth);
    at(0).open();
    at(0).acknowledge(btc);
    at(0).refuse(eth);
    at(0).data(btc, 1);
    at(0).answers = false;
    clock.advance(limits.connectionSilenceMs + 1_000);
    at(1).open();
    at(1).acknowledge(btc);
    at(1).refuse(eth);
    clock.advance(1_000);
    expect(at(0).closed).toBe(true);
    expect(opened).toHaveLength(2);
  });
});

describe('connections of which some are down', () => {
  const three = () => {
    const it = rig({ streamsPerConnection: 3 });
    for (let index = 0; index < 9; index++) it.pool.want(`s${index}usdt@aggTrade`);
    for (const one of it.opened) one.open();
    return it;
  };

  it('are said to be degraded, by the share of the streams that are down', () => {
    const { pool, clock, at } = three();
    expect(pool.degraded).toBeUndefined();
    at(1).end();
    expect(pool.streams).toEqual({ down: 3, wanted: 9 });
    expect(pool.degraded).toBe('3 of 9 streams are down, with 1 of 3 connections: gone');
    expect(pool.fault).toBeUndefined();
    clock.advance(1_000);
    at(-1).open();
    expect(pool.degraded).toBeUndefined();
  });

  it('are a fault when most streams are down', () => {
    const { pool, at } = three();
    at(1).end();
    at(2).end();
    expect(pool.fault).toBe('6 of 9 streams are down, with 2 of 3 connections: gone');
  });

  it('are a fault when one of them stays down', () => {
    const { pool, clock, opened, at, limits } = three();
    at(1).end();
    for (let second = 0; second * 1_000 < limits.toleratedDownMs; second++) {
      expect(pool.fault).toBeUndefined();
      clock.advance(1_000);
      for (const one of opened) if (!one.closed && !one.connection.isOpen) one.end();
    }
    expect(pool.fault).toContain('3 of 9 streams are down');
  });

  it('are none where one is only just opened for more symbols', () => {
    const { pool, clock } = three();
    for (let index = 0; index < 30; index++) pool.want(`t${index}usdt@aggTrade`);
    expect([pool.fault, pool.degraded]).toEqual([undefined, undefined]);
    clock.advance(60_000);
    expect(pool.fault).toContain('no connection yet');
  });
});
