import { Type } from 'typebox';
import type { Body } from './body.js';
import { maxSymbolLength, moment, orNull, price, range, symbolName } from './fields.js';

export const SymbolsQuery = Type.Object({
  fresh: Type.Optional(
    Type.Enum(['true'], {
      description:
        'has the exchange asked again first, for a symbol that is not listed; that is done once in ten seconds at most',
      examples: ['true'],
    }),
  ),
});
export type SymbolsQuery = Body<typeof SymbolsQuery>;
export const SymbolsAnswer = Type.Object(
  {
    Revision: Type.String({ description: 'changes with the list', examples: ['8f3c'] }),
    Symbols: Type.Array(
      Type.Object({
        Symbol: symbolName,
        BaseAsset: Type.String({ description: 'what is held', examples: ['BTC'] }),
        QuoteAsset: Type.String({ description: 'what its price is in', examples: ['USDT'] }),
        TickSize: Type.Optional(
          Type.String({
            description: 'the step of its price, exact decimal text; missing where the exchange does not say it',
            examples: ['0.01'],
          }),
        ),
        StepSize: Type.Optional(
          Type.String({
            description:
              'the step of quantities in orders, exact decimal text; missing where the exchange does not say it',
            examples: ['0.00001'],
          }),
        ),
        Status: Type.Enum(['trading', 'paused'], {
          description: 'paused: not traded now, and expected to be again',
          examples: ['trading'],
        }),
      }),
    ),
  },
  { description: 'What the exchange lists and can be valued in USDT.' },
);
export type SymbolsAnswer = Body<typeof SymbolsAnswer>;

export const CandlesPath = Type.Object({ symbol: Type.String({ maxLength: maxSymbolLength, examples: ['btcusdt'] }) });
export const CandlesQuery = Type.Object({ range: range(['1h', '6h', '24h', '7d', '30d', '1y'], '24h') });
export type CandleRange = NonNullable<Body<typeof CandlesQuery>['range']>;
const Candle = Type.Object({ Time: moment, Open: price, High: price, Low: price, Close: price });
const SourcedCandle = Type.Object({
  ...Candle.properties,
  Source: Type.Enum(['archive', 'exchange'], {
    description: "of which it is made: our archive of tickers, or the exchange's own candles",
    examples: ['archive'],
  }),
});
const Volume = Type.Object({
  Time: moment,
  Base: Type.String({ description: 'in the base asset, exact decimal text', examples: ['12408.51302'] }),
  Quote: Type.String({ description: 'in the quote asset, exact decimal text', examples: ['845310222.1940537'] }),
});
export const CandlesAnswer = Type.Object(
  {
    Symbol: symbolName,
    BaseAsset: orNull(Type.String({ examples: ['BTC'] }), {
      description: 'what the symbol is of; null where no list that was ever read here had it and you do not hold it',
    }),
    QuoteAsset: orNull(Type.String({ examples: ['USDT'] }), { description: 'what its prices are in; null as before' }),
    Status: orNull(Type.Enum(['trading', 'paused', 'delisted'], { examples: ['trading'] }), {
      description: 'how the exchange has it; null while its list is not known',
    }),
    Range: Type.Unsafe<CandleRange>(Type.String({ examples: ['24h'] })),
    StepSeconds: Type.Integer({ description: 'how much time a candle holds', examples: [600] }),
    Candles: Type.Array(SourcedCandle),
    Lacks: orNull(Type.String({ examples: ["The exchange's history is not available here."] }), {
      description:
        "why stretches that the archive lacks are missing, where the exchange's candles could not be had; else null",
    }),
    Today: orNull(Candle, { description: 'since midnight UTC; null while there is nothing' }),
    Day: orNull(Type.Object({ Time: moment, Open: price, High: price, Low: price }), {
      description:
        'the 24 hours before `Time`, the newest ticker, as the exchange counts them; null where there is none of the last hour',
    }),
    Volume: orNull(Volume, { description: 'what was traded in the 24 hours before; null where it was not recorded' }),
    Last: orNull(Type.Object({ Time: moment, Price: price }), {
      description: 'of a delisted symbol the last price that was recorded, however old; else null',
    }),
  },
  {
    description:
      "Candles in the quote asset, oldest first: the archive's, and the exchange's own where that is younger or has holes. Stretches without a trade are left out.",
  },
);
export type CandlesAnswer = Body<typeof CandlesAnswer>;
