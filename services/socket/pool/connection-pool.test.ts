import { describe, expect, it } from 'vitest';
import { createPoolRig as rig } from '../kit/pool.js';
import type { SocketLimits } from '../limits.js';

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

describe('a connection that is missing', () => {
  it('is so no longer when its last stream is given up, and that is told', () => {
    const { pool, at, clock, limits, told } = rig({ streamsPerConnection: 1 });
    pool.want(btc);
    pool.want(eth);
    at(0).open();
    at(1).end();
    clock.advance(100);
    expect(told.noneMissing).toBe(0);
    pool.unwant(eth);
    clock.advance(limits.idleCloseMs + 1_000);
    expect(told.noneMissing).toBe(1);
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
    const { pool, clock, opened, at } = rig({
      backoffBaseMs: 0.001,
      backoffCapMs: 0.001,
      attemptsPerWindow: 20,
      attemptWindowMs: 10_000,
    });
    pool.want(btc);
    const times: number[] = [];
    for (let step = 0; step < 40_000; step += 1) {
      if (!at(-1).closed) {
        at(-1).end();
        times.push(clock.monotonic());
      }
      clock.advance(1);
    }
    for (const atMs of times)
      expect(times.filter((other) => other > atMs - 10_000 && other <= atMs).length).toBeLessThanOrEqual(20);
    expect(opened.length).toBeGreaterThan(40);
  });

  it('says what a refusing exchange said, once, and comes back rarely', () => {
    const { pool, clock, opened, at, links, log, limits } = rig({ streamsPerConnection: 1 });
    pool.want(btc);
    at(0).end({ why: 'refused', status: 451 });
    expect(links.get(btc)).toEqual({ kind: 'refused', detail: 'the exchange refuses this address (HTTP 451)' });
    // Whoever comes later is told at once, without a new attempt.
    pool.want(eth);
    expect(links.get(eth)?.kind).toBe('refused');
    clock.advance(limits.refusedFirstRetryMs - 1_000);
    expect(opened).toHaveLength(1);
    expect(
      log.filter(({ msg }) => /asked again|tried again|no prices/.test(String(msg))).map(({ msg }) => msg),
    ).toEqual([
      'the exchange refuses this address and is asked again in 30 s, then after pauses of up to 5 min; set BINANCE_WS_URL to one that serves it',
      'no prices from the exchange for 3 s; it refuses this address',
    ]);
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

  it('is back half a minute after a refusal that was a short one, and asks a lasting one ever less often', () => {
    const { pool, clock, opened, at } = rig();
    pool.want(btc);
    at(0).end({ why: 'refused', status: 451 });
    for (const pauseMs of [30_000, 60_000, 120_000, 300_000, 300_000]) {
      const before = opened.length;
      clock.advance(pauseMs - 1_000);
      expect(opened).toHaveLength(before);
      clock.advance(2_500);
      expect(opened).toHaveLength(before + 1);
      at(-1).end({ why: 'refused', status: 451 });
    }
    clock.advance(301_500);
    at(-1).open();
    at(-1).acknowledge();
    at(-1).end({ why: 'refused', status: 451 });
    const before = opened.length;
    clock.advance(31_500);
    expect(opened.length).toBeGreaterThan(before);
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
