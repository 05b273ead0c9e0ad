import { Type } from 'typebox';
import type { Body } from './body.js';
import { cursor, limit, maxSymbolLength, moment, next, price, symbolName } from './fields.js';

const intervals = ['1s', '1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d'] as const;
const time = (description: string) =>
  Type.Optional(Type.String({ maxLength: 40, description, examples: ['2026-01-27T00:00:00Z'] }));

export const KlinesPath = Type.Object({ symbol: Type.String({ maxLength: maxSymbolLength, examples: ['btcusdt'] }) });
export const KlinesQuery = Type.Object({
  interval: Type.Optional(
    Type.Enum([...intervals], { description: 'how long a kline is; 1h where it is not said', examples: ['1h'] }),
  ),
  from: time('klines that open from here on, ISO 8601 or epoch milliseconds; the latest ones where it is not said'),
  to: time('klines that open until here; until now where it is not said'),
  limit: limit(500),
  cursor,
});

const volume = (description: string) => Type.String({ description, examples: ['12.50312'] });
const Kline = Type.Object({
  openTime: moment,
  closeTime: moment,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: volume('of the base asset, exact decimal text'),
  quoteVolume: volume('of the quote asset, exact decimal text'),
  trades: Type.Integer({ description: 'single trades', examples: [1_204] }),
  takerBuyVolume: volume('the part of `volume` that takers bought'),
  takerBuyQuoteVolume: volume('the part of `quoteVolume` that takers bought'),
  closed: Type.Boolean({ description: 'over, so that it does not change any more', examples: [true] }),
});

export const KlinesAnswer = Type.Object(
  {
    symbol: symbolName,
    interval: Type.String({ examples: ['1h'] }),
    klines: Type.Array(Kline),
    gaps: Type.Array(Type.Object({ from: moment, to: moment }), {
      description: 'opening times of the first and the last kline that the exchange lacks between two of these',
    }),
    next,
    asOf: moment,
    simulated: Type.Boolean({ description: 'made up by a simulator', examples: [false] }),
  },
  { description: "The exchange's own candles, oldest first, on a grid in UTC. Prices are in the quote asset." },
);
export type KlinesAnswer = Body<typeof KlinesAnswer>;
