import { runtimeClock as clock } from '@tickfolio/client/clock';
import type { Frame, FrameCoin } from '@tickfolio/client/frame';
import { createSession } from '@tickfolio/client/session';
import { formatDecimal, multiply, parseDecimal } from '@tickfolio/lib/money';
import { openChannel } from '../browser-facilities.js';
import { createPortfolioStore } from '../live/portfolio-store.js';
import { createPriceTrails } from '../live/price-trails.js';
import type { Parts } from '../parts.js';
import { isoOf } from '../text/times.js';

/** The moment of all samples. */
export const nowMs = Date.parse('2026-06-15T12:00:00.000Z');
const hourMs = 3_600_000;

/** Quantity, price and the price of a day before. */
const held: Readonly<Record<string, readonly [string, string, string]>> = {
  btcusdt: ['1.25', '68123.45', '67000'],
  btceur: ['0.123456789012345678', '62650.5', '62900'],
  ethusdt: ['14.5', '3456.78', '3501.2'],
  solusdt: ['160', '150.15', '150.15'],
  dogeusdt: ['18000', '0.12345', '0.0311'],
};
const old = { Stale: true, PriceState: 'halted' } as const;

const coinOf = (symbol: string, quantity: string, price: string): FrameCoin => ({
  Symbol: symbol,
  Quantity: quantity,
  Price: price,
  Total: formatDecimal(multiply(parseDecimal(quantity), parseDecimal(price))),
  PriceTime: isoOf(nowMs - 300),
  Stale: false,
  ...(symbol === 'solusdt' ? old : {}),
});

const frame: Frame = {
  UserID: 'sample',
  UserName: 'maria',
  TotalValue: '169287.74',
  Coins: Object.entries(held).map(([symbol, [quantity, price]]) => coinOf(symbol, quantity, price)),
  AsOf: isoOf(nowMs),
  Simulated: true,
};

const never = <T>() => new Promise<T>(() => undefined);

/** What every part stands on, of one moment and without a server. */
export const createSampleParts = (): Parts => {
  const trails = createPriceTrails();
  const store = createPortfolioStore({ clock, schedule: (run) => run(), trails });
  store.setMarkets(
    new Map(Object.keys(held).map((symbol) => [symbol, { quote: symbol === 'btceur' ? 'eur' : 'usdt', decimals: 2 }])),
  );
  store.takeFrame(frame);
  store.setConnection('live');
  const day = Object.entries(held).map(([symbol, [, , before]]) => {
    const price = parseDecimal(before);
    return [symbol, { price, quotePrice: price, sinceMs: undefined }] as const;
  });
  store.setDayBases({ basis: '24h', now: new Map(day) });
  for (const [symbol, [, price]] of Object.entries(held))
    trails.seed(
      symbol,
      Array.from({ length: 24 }, (_, at) => ({
        atMs: nowMs - (24 - at) * hourMs,
        price: Number(price) * (1 + Math.sin(at) / 50),
      })),
    );
  const session = createSession({
    clock,
    fetch: () => never(),
    channel: openChannel('tickfolio.samples'),
    locks: undefined,
    storage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
  });
  const channels = { open: () => () => undefined };
  const views = { current: undefined, subscribe: () => () => undefined, open: () => () => undefined };
  return { clock, random: () => 0.5, session, store, trails, channels, views, retry: () => undefined };
};
