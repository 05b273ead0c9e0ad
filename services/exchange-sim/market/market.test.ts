import { seedsOf } from '@tickfolio/lib/kit/counts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixed8 } from './fixed-point.js';
import { createMarket, type MarketOptions } from './market.js';
import type { Listing, PriceSource } from './price-source.js';
import { knownSymbols } from './symbols.js';
import { aggTradeText, type Trade } from './trade.js';

const startMs = 1_763_000_000_000;

interface Seen {
  readonly listing: Listing;
  readonly trade: Trade;
}

/** Runs a market until `forMs` after its start, advancing in steps of `stepMs`. */
const run = (
  options: Partial<MarketOptions>,
  forMs: number,
  stepMs = 20,
  onStep?: (market: PriceSource, nowMs: number) => void,
): { readonly market: PriceSource; readonly seen: readonly Seen[] } => {
  const market = createMarket({ startMs, ...options });
  const seen: Seen[] = [];
  const sink = {
    trade: (listing: Listing, trade: Trade) => void seen.push({ listing, trade }),
    frame: () => undefined,
  };
  for (let nowMs = startMs; nowMs <= startMs + forMs; nowMs += stepMs) {
    market.advance(nowMs, sink);
    onStep?.(market, nowMs);
  }
  return { market, seen };
};
const texts = (seen: readonly Seen[]) =>
  seen.map(({ listing, trade }) => aggTradeText(listing.spec, trade, 'ms')).join('\n');
const groupBy = (seen: readonly Seen[]): Map<Listing, Seen[]> => {
  const groups = new Map<Listing, Seen[]>();
  for (const one of seen) {
    const group = groups.get(one.listing);
    if (group) group.push(one);
    else groups.set(one.listing, [one]);
  }
  return groups;
};

describe('symbols', () => {
  it('are over 300 different ones, with the conversion pairs and all quote assets', () => {
    const names = knownSymbols.map(({ symbol }) => symbol);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(300);
    expect(names).toEqual(
      expect.arrayContaining([
        'BTCUSDT',
        'ETHUSDT',
        'BNBUSDT',
        'SOLUSDT',
        'USDCUSDT',
        'EURUSDT',
        'ETHBTC',
        'BTCEUR',
        'BTCTRY',
        'BNBETH',
        'SOLBNB',
        'ETHUSDC',
      ]),
    );
    expect(new Set(knownSymbols.map(({ quote }) => quote))).toEqual(
      new Set(['USDT', 'USDC', 'BTC', 'ETH', 'BNB', 'EUR', 'TRY']),
    );
    expect(new Set(knownSymbols.map(({ status }) => status))).toEqual(new Set(['TRADING', 'HALT', 'BREAK']));
  });

  it('have ticks and lots whose product still fits the exchange’s 8 decimals', () => {
    for (const { priceDecimals, quantityDecimals } of knownSymbols)
      expect(priceDecimals + quantityDecimals).toBeLessThanOrEqual(8);
  });
});

describe('the made-up market', () => {
  it('is the same, byte for byte, for one seed and start, however often it is advanced', () => {
    const first = texts(run({ seed: 'x' }, 20_000, 20).seen);
    expect(first.length).toBeGreaterThan(100_000);
    expect(texts(run({ seed: 'x' }, 20_000, 500).seen)).toBe(first);
    expect(texts(run({ seed: 'y' }, 20_000).seen)).not.toBe(first);
  });

  it('keeps every rule of the exchange for any seed and rate', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.constantFrom(0.3, 1, 20), (seed, tradeRate) => {
        const { seen } = run({ seed, tradeRate, symbols: 60 }, 20_000);
        const broken: string[] = [];
        for (const [{ spec }, trades] of groupBy(seen)) {
          let last: Trade | undefined;
          // Whole ticks and lots, in the exchange's text: 8 decimals, of which those finer than the tick are zero.
          const price = new RegExp(`^\\d+\\.\\d{${spec.priceDecimals}}0{${8 - spec.priceDecimals}}$`);
          const quantity = new RegExp(`^\\d+\\.\\d{${spec.quantityDecimals}}0{${8 - spec.quantityDecimals}}$`);
          for (const { trade } of trades) {
            const holds =
              (!last ||
                (trade.id === last.id + 1 &&
                  trade.firstId === last.lastId + 1 &&
                  trade.timeMs >= last.timeMs &&
                  trade.eventMs >= last.eventMs)) &&
              trade.lastId >= trade.firstId &&
              trade.eventMs >= trade.timeMs &&
              [trade.ticks, trade.lots, trade.id, trade.lastId].every(
                (whole) => Number.isSafeInteger(whole) && whole > 0,
              ) &&
              price.test(fixed8(trade.ticks, spec.priceDecimals)) &&
              quantity.test(fixed8(trade.lots, spec.quantityDecimals));
            if (!holds) broken.push(`${spec.symbol} ${JSON.stringify([last, trade])}`);
            last = trade;
          }
        }
        expect(broken).toEqual([]);
      }),
      { numRuns: seedsOf(12) },
    );
  });

  it('publishes nothing before its time', () => {
    let nowMs = startMs;
    const market = createMarket({ startMs });
    const sink = {
      trade: (_: Listing, trade: Trade) => expect(trade.eventMs).toBeLessThanOrEqual(nowMs),
      frame: () => undefined,
    };
    for (; nowMs < startMs + 10_000; nowMs += 20) market.advance(nowMs, sink);
  });

  it('has a last trade of every symbol from the first moment, also of those that stand still', () => {
    const { market, seen } = run({}, 30_000);
    for (const { trades, status } of market.listings.values()) {
      expect(trades.endId - trades.startId).toBeGreaterThan(0);
      if (status !== 'TRADING')
        expect(seen.some((one) => one.listing.trades === trades && one.trade.timeMs >= startMs)).toBe(false);
    }
  });

  it('trades a few hundred times a second altogether, bitcoin and ether the most, with bursts and quiet spells', () => {
    const { seen } = run({}, 300_000, 1_000);
    const rate = (symbol: string) => seen.filter(({ listing }) => listing.spec.symbol === symbol).length / 300;
    expect(seen.length / 300).toBeGreaterThan(100);
    expect(seen.length / 300).toBeLessThan(600);
    for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
      expect(rate(symbol)).toBeGreaterThan(4);
      expect(rate(symbol)).toBeLessThan(40);
    }
    const perSecond = new Array<number>(300).fill(0);
    for (const { listing, trade } of seen) {
      const second = Math.floor((trade.timeMs - startMs) / 1_000);
      if (listing.spec.symbol === 'BTCUSDT' && second >= 0 && second < 300)
        perSecond[second] = (perSecond[second] ?? 0) + 1;
    }
    const sorted = perSecond.toSorted((a, b) => a - b);
    expect(sorted[15] ?? 0).toBeLessThan((sorted[150] ?? 0) / 2);
    expect(sorted[285] ?? 0).toBeGreaterThan((sorted[150] ?? 0) * 2);
    // Several aggregates in one millisecond are normal on the exchange, and must occur here.
    const moments = new Map<string, number>();
    for (const { listing, trade } of seen)
      moments.set(
        `${listing.spec.symbol} ${trade.timeMs}`,
        (moments.get(`${listing.spec.symbol} ${trade.timeMs}`) ?? 0) + 1,
      );
    expect(Math.max(...moments.values())).toBeGreaterThan(4);
  });

  it('keeps cross rates together and prices near where they began', () => {
    const { market } = run({ pastDay: false }, 1_800_000, 60_000);
    const price = (symbol: string) => {
      const listing = market.listings.get(symbol);
      return (listing?.trades.latest(1)[0]?.ticks ?? 0) / 10 ** (listing?.spec.priceDecimals ?? 0);
    };
    expect(price('ETHBTC') / (price('ETHUSDT') / price('BTCUSDT'))).toBeCloseTo(1, 1);
    expect(price('BTCEUR') / (price('BTCUSDT') / price('EURUSDT'))).toBeCloseTo(1, 1);
    expect(price('BTCUSDT')).toBeGreaterThan(50_000);
    expect(price('BTCUSDT')).toBeLessThan(90_000);
    expect(Math.abs(price('USDCUSDT') - 1)).toBeLessThan(0.01);
  });

  it('moves coins together: the market’s part shows in the correlation of minute returns', () => {
    const closes = new Map<string, number[]>();
    run({ symbols: 20 }, 7_200_000, 60_000, (market) => {
      for (const [symbol, { trades }] of market.listings)
        closes.set(symbol, [...(closes.get(symbol) ?? []), trades.latest(1)[0]?.ticks ?? 1]);
    });
    const returns = (symbol: string) =>
      (closes.get(symbol) ?? []).slice(1).map((close, i) => Math.log(close / (closes.get(symbol)?.[i] ?? close)));
    expect(correlation(returns('BTCUSDT'), returns('ETHUSDT'))).toBeGreaterThan(0.3);
  });

  it('never hands out an id twice after a restart, however soon', () => {
    for (const tradeRate of [0.1, 1, 30]) {
      const before = run({ tradeRate }, 1_000).market;
      const after = run({ tradeRate, startMs: startMs + 1_000 }, 0).market;
      for (const [symbol, { trades }] of before.listings)
        expect(after.listings.get(symbol)?.trades.startId).toBeGreaterThanOrEqual(trades.endId);
    }
  });

  it('does not trade through a long gap of the clock', () => {
    const market = createMarket({ startMs });
    let count = 0;
    const sink = { trade: () => void count++, frame: () => undefined };
    market.advance(startMs, sink);
    const atStart = count;
    market.advance(startMs + 86_400_000, sink);
    expect(count).toBe(atStart);
    market.advance(startMs + 86_400_000 + 10_000, sink);
    expect(count - atStart).toBeGreaterThan(200);
    market.advance(startMs, sink);
  });

  it('keeps bounded history: the newest trades, without holes', () => {
    const { market, seen } = run({ symbols: 1, tradeRate: 100, historyTrades: 500 }, 10_000);
    const { trades } = [...market.listings.values()][0] as Listing;
    expect(trades.endId - trades.startId).toBe(500);
    expect(trades.latest(500)).toEqual(seen.slice(-500).map(({ trade: { eventMs: _, ...kept } }) => kept));
  });

  it('stops and resumes a symbol on command', () => {
    const { seen } = run({ symbols: 2 }, 40_000, 20, (market, nowMs) => {
      const btc = market.listings.get('BTCUSDT');
      if (btc) btc.status = nowMs >= startMs + 10_000 && nowMs < startMs + 30_000 ? 'BREAK' : 'TRADING';
    });
    const during = groupBy(seen);
    const times =
      [...during]
        .find(([listing]) => listing.spec.symbol === 'BTCUSDT')?.[1]
        .map(({ trade }) => trade.timeMs - startMs) ?? [];
    expect(times.some((at) => at > 10_020 && at < 29_980)).toBe(false);
    expect(times.some((at) => at > 30_000)).toBe(true);
  });
});

const correlation = (a: readonly number[], b: readonly number[]): number => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] ?? my) - my), 0);
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb));
};
