import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import type { ExchangeConnection } from '../exchange/exchange-connection.js';
import { createPoolRig as rig } from '../kit/pool.js';
import { defaultLimits } from '../limits.js';
import { createSilenceWatch } from './silence-watch.js';

const btc = 'btcusdt@aggTrade';
const eth = 'ethusdt@aggTrade';

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

  /** Every connection that is tried opens. @param answers whether it answers when it is asked for a sign of life */
  const anHour = async ({ clock, at }: Pick<ReturnType<typeof rig>, 'clock' | 'at'>, answers: boolean) => {
    for (let second = 0; second < 3_600; second++) {
      at(-1).answers = answers;
      await clock.advanceAsync(1_000);
      const last = at(-1);
      if (last.closed || last.connection.isOpen) continue;
      last.open();
      last.acknowledge();
    }
  };

  it('is replaced more and more rarely when its successors are silent too', async () => {
    const { pool, clock, opened, at } = rig();
    pool.want(ticker);
    at(0).open();
    at(0).acknowledge();
    await anHour({ clock, at }, false);
    expect(opened.length).toBeGreaterThan(4);
    expect(opened.length).toBeLessThan(15);
  });

  /**
   * Trades of a symbol and the mini-ticker of each, at random with so many seconds in between on average, or regularly.
   */
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
  ])(
    'is not what a quiet portfolio has: a day of a minor coin %s, and no connection is replaced',
    (_what, everySeconds, regular) => {
      const { run, opened, broken } = trading(everySeconds, regular);
      run(86_400);
      expect(opened).toHaveLength(1);
      expect(broken).toEqual([]);
    },
  );

  it.each([5, 10, 20, 40, 600])(
    'is noticed within 15 s also after hours with a minor coin that trades every %i s',
    (everySeconds) => {
      const { run, opened, at, clock, links, streams } = trading(everySeconds, false);
      run(3 * 3_600);
      expect(opened).toHaveLength(1);
      at(0).data(streams[0] ?? '', 1_800_000_000_000);
      at(0).answers = false;
      clock.advance(15_000);
      expect(opened).toHaveLength(2);
      expect(links.get('minorusdt@aggTrade')?.kind).toBe('silent');
    },
  );

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

  it('is noticed within 15 s though it answers, where the history has trades that did not come', async () => {
    const { run, opened, at, clock, links, behind, asked, streams } = trading(600, false);
    run(3 * 3_600);
    for (const name of streams) at(0).data(name, 1_800_000_000_000);
    asked.length = 0;
    for (const name of streams) behind.add(name);
    await clock.advanceAsync(15_000);
    expect(opened).toHaveLength(2);
    expect(asked).toHaveLength(1);
    expect(links.get('minorusdt@aggTrade')?.kind).toBe('silent');
  });

  it('is not what brings its trades a moment after the history has them', async () => {
    const { opened, at, clock, behind, streams } = trading(600, false);
    for (const name of streams) at(0).data(name, 1_800_000_000_000);
    await clock.advanceAsync(9_000);
    for (const name of streams) behind.add(name);
    await clock.advanceAsync(1_100);
    for (const name of streams) at(0).data(name, 1_800_000_000_001);
    behind.clear();
    await clock.advanceAsync(60_000);
    expect(opened).toHaveLength(1);
  });

  it('is asked about ever less often while a coin is quiet, down to once in ten minutes', async () => {
    const { at, clock, asked, streams } = trading(600, false);
    for (const name of streams) at(0).data(name, 1_800_000_000_000);
    const askedIn = async (minutes: number) => {
      asked.length = 0;
      await clock.advanceAsync(minutes * 60_000);
      return asked.length;
    };
    const [first, second] = [await askedIn(5), await askedIn(5)];
    expect(first).toBeGreaterThan(3);
    expect(second).toBeLessThan(first);
    await askedIn(50);
    expect(await askedIn(60)).toBe(6);
  });

  /** What this computer's clock shows must not matter. */
  const clocks = [
    ['that is right', 0],
    ['an hour behind', 3_600_000],
    ['an hour ahead', -3_600_000],
  ] as const;

  it.each(clocks)(
    'is replaced also where it came in place of one that brought nothing, on a computer with a clock %s',
    async (_what, aheadMs) => {
      const { opened, at, clock, behind, exchange, streams } = trading(600, false);
      exchange.aheadMs = aheadMs;
      for (const name of streams) {
        at(0).data(name, 1_800_000_000_000);
        behind.add(name);
      }
      await clock.advanceAsync(15_000);
      expect(opened).toHaveLength(2);
      at(1).open();
      at(1).acknowledge();
      await clock.advanceAsync(15_000);
      expect(opened).toHaveLength(3);
    },
  );

  it.each(clocks)(
    'is not what stands only since the trades that its predecessor missed, by a clock %s',
    async (_what, aheadMs) => {
      const { opened, at, clock, tradedMs, exchange, exchangeMs, streams } = trading(600, false);
      exchange.aheadMs = aheadMs;
      for (const name of streams) at(0).data(name, 1_800_000_000_000);
      await clock.advanceAsync(5_000);
      for (const name of streams) tradedMs.set(name, exchangeMs());
      await clock.advanceAsync(10_000);
      expect(opened).toHaveLength(2);
      at(1).open();
      at(1).acknowledge();
      await clock.advanceAsync(3_600_000);
      expect(opened).toHaveLength(2);
    },
  );

  it('is noticed also where it is the first one since the start, and brings nothing of what is traded', async () => {
    const { opened, clock, behind } = trading(600, false);
    behind.add('minorusdt@aggTrade');
    await clock.advanceAsync(60_000);
    expect(opened).toHaveLength(2);
  });

  it('is replaced more and more rarely where none that answers brings what is traded', async () => {
    const { opened, at, clock, behind, streams } = trading(600, false);
    for (const name of streams) behind.add(name);
    await anHour({ clock, at }, true);
    expect(opened.length).toBeGreaterThan(4);
    expect(opened.length).toBeLessThan(15);
  });

  it('is noticed within ten minutes also after a night in which a coin was not traded', async () => {
    const { opened, at, clock, links, behind, streams } = trading(600, false);
    for (const name of streams) at(0).data(name, 1_800_000_000_000);
    await clock.advanceAsync(7 * 3_600_000);
    expect(opened).toHaveLength(1);
    for (const name of streams) behind.add(name);
    await clock.advanceAsync(602_000);
    expect(opened.length).toBeGreaterThan(1);
    expect(links.get('minorusdt@aggTrade')?.kind).toBe('silent');
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

  it('is not what this process did not read while it stood still itself', () => {
    const clock = createManualClock();
    const silence = createSilenceWatch(clock, defaultLimits);
    let lastMs = clock.monotonic();
    const connection = {
      lastSeenMs: () => lastMs,
      get lastDataMs() {
        return lastMs;
      },
      get lastSignMs() {
        return lastMs;
      },
    } as Partial<ExchangeConnection>;
    const judge = () => silence.judge(connection as ExchangeConnection, new Set([btc]), 0);
    const run = (seconds: number) =>
      Array.from({ length: seconds }, () => {
        clock.advance(1_000);
        return judge();
      });
    judge();
    clock.advance(20_000); // As a computer that slept.
    expect(judge()).toBeUndefined();
    lastMs = clock.monotonic();
    expect(run(10)).toEqual(Array(10).fill(undefined));
    expect(run(4).at(-1)).toBe(14_000);
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
