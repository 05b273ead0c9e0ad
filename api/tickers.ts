import { Type } from 'typebox';
import type { Body } from './body.js';
import { cursor, limit, maxSymbolLength, moment, next, orNull, price, symbolName } from './fields.js';

/** More than any exchange lists, of which one answer tells. */
export const maxTickers = 5_000;

const yes = (description: string) => Type.Optional(Type.Enum(['true'], { description, examples: ['true'] }));

export const TickersQuery = Type.Object({
  quote: Type.Optional(
    Type.String({
      maxLength: 32,
      description: 'only what is priced in this asset, in either case',
      examples: ['USDT'],
    }),
  ),
  base: Type.Optional(
    Type.String({
      maxLength: 32,
      description: 'only the markets of this asset, in either case',
      examples: ['BTC'],
    }),
  ),
  spark: yes('with `spark7d`'),
  /** So that a page of a browser has a whole exchange of one moment in one answer. */
  limit: limit(100, maxTickers),
  cursor,
});
export const TickerPath = Type.Object({ symbol: Type.String({ maxLength: maxSymbolLength, examples: ['btcusdt'] }) });
export const TickerQuery = Type.Object({ spark: yes('with `spark7d`') });

const percent = (since: string) =>
  orNull(Type.String({ examples: ['-1.2345'] }), {
    description: `against the price ${since}, in percent with at most 4 decimals; null where that is not known`,
  });
const amount = (description: string) => Type.String({ description, examples: ['845310222.1940537'] });

/** Fields are called as the screener's. */
const Ticker = Type.Object({
  symbol: symbolName,
  base: Type.String({ examples: ['BTC'] }),
  quote: Type.String({ examples: ['USDT'] }),
  status: Type.Enum(['trading', 'paused'], {
    description: 'paused: not traded now, and expected to be again',
    examples: ['trading'],
  }),
  price,
  time: moment,
  age: Type.Integer({ description: 'how old the price is at `asOf`, milliseconds', examples: [900] }),
  change1h: percent('an hour before'),
  change24h: percent('24 hours before'),
  change7d: percent('7 days before, to the hour'),
  high24h: price,
  low24h: price,
  volume24h: amount('in the base asset, exact decimal text'),
  quoteVolume24h: amount('in the quote asset, exact decimal text'),
  quoteVolumeUsdt24h: orNull(amount('the same in USDT, with at most 8 decimals'), {
    description: 'null where the quote asset has no price in USDT',
  }),
  range24h: orNull(Type.String({ examples: ['0.7312'] }), {
    description:
      'where the price stands between low and high, from 0 to 1 with at most 4 decimals; null where they are equal',
  }),
  spark7d: Type.Optional(
    Type.Array(orNull(price), {
      description: 'the price every 6 hours of the last 7 days, oldest first, and now; null where it is not known',
    }),
  ),
});

const source = {
  asOf: moment,
  stale: orNull(Type.String({ examples: ['the connection is open but silent'] }), {
    description: 'why what stands here is old; null where it is live',
  }),
  simulated: orNull(Type.Boolean({ examples: [false] }), {
    description: 'made up by a simulator; null while that is not known',
  }),
};

export const TickersAnswer = Type.Object(
  { ...source, tickers: Type.Array(Ticker), next },
  {
    description:
      'The last 24 hours of every symbol that the exchange lists and that was ever traded, the most traded ones first. Pages that follow each other are of one moment.',
  },
);
export type TickersAnswer = Body<typeof TickersAnswer>;
export const TickerAnswer = Type.Object(
  { ...source, ticker: Ticker },
  { description: 'The last 24 hours of one symbol.' },
);
export type TickerAnswer = Body<typeof TickerAnswer>;
