import { Type } from 'typebox';
import type { Body } from '../body.js';
import { orNull, strict, symbolName, userId, version } from '../fields.js';

const amount = (example: string, description: string) => Type.String({ description, examples: [example] });
const moment = (example: string) => Type.String({ format: 'date-time', examples: [example] });

const Coin = Type.Object(
  {
    Symbol: symbolName,
    Quantity: amount('1.5', 'exact decimal text'),
    Version: version('the version of the portfolio, as the quantity was changed last'),
    Price: orNull(amount('68123.45', 'in the quote asset; null while there is none')),
    Total: orNull(amount('102185.175', 'quantity × price in USDT; null while there is no price')),
    PriceTime: orNull(moment('2026-01-27T10:00:00.981Z')),
    Stale: Type.Boolean({ description: 'the price is old or its feed is broken', examples: [false] }),
    PriceReceived: orNull(
      Type.String({
        format: 'date-time',
        description:
          'from when the age of the price counts, by the clock of AsOf: its arrival, or its trade where that was long before',
        examples: ['2026-01-27T10:00:01.004Z'],
      }),
    ),
    PriceState: Type.Optional(
      Type.Enum(['waiting', 'old', 'halted', 'delisted', 'never-traded', 'unreadable', 'feed-down'], {
        description: 'why the price is missing or old; left out for a price of now',
        examples: ['halted'],
      }),
    ),
    PriceStateOf: Type.Optional(
      Type.String({
        description: 'the symbol of that state, where it is the one that the price is converted with',
        examples: ['btcusdt'],
      }),
    ),
    BaseAsset: Type.Optional(
      Type.String({
        description: 'what is held, with `PriceState`: the list of symbols need not have such an asset any more',
        examples: ['LTC'],
      }),
    ),
    QuoteAsset: Type.Optional(
      Type.String({ description: 'what its price is in, with `PriceState`', examples: ['BTC'] }),
    ),
  },
  strict,
);

const Cash = Type.Object(
  {
    Asset: Type.String({ description: 'upper case', examples: ['USDT'] }),
    Quantity: amount('120.5', 'exact decimal text'),
    Version: Coin.properties.Version,
    Price: orNull(amount('1', 'in USDT; null while there is none. USDT itself has 1, and no times')),
    Total: orNull(amount('120.5', 'quantity × price in USDT; null while there is no price')),
    PriceTime: Coin.properties.PriceTime,
    Stale: Coin.properties.Stale,
    PriceReceived: Coin.properties.PriceReceived,
    PriceState: Coin.properties.PriceState,
    PriceStateOf: Coin.properties.PriceStateOf,
    BaseAsset: Coin.properties.BaseAsset,
    QuoteAsset: Coin.properties.QuoteAsset,
  },
  strict,
);

/** The whole portfolio at one moment, over the WebSocket and over REST. */
export const Frame = Type.Object(
  {
    UserID: userId,
    UserName: Type.String({ examples: ['myuser'] }),
    PortfolioID: Type.Optional(
      Type.String({
        description: 'after `view`: of which portfolio the frame is, or `all`; left out for the default one',
        examples: ['0199a3c2-7d10-7000-8000-000000000001'],
      }),
    ),
    BaseCurrency: Type.Optional(
      Type.String({
        description: 'after `view`: in which its worth is told; the amounts of the frame are in USDT',
        examples: ['USDT'],
      }),
    ),
    Version: version('counts the changes of the assets, and never falls'),
    TotalValue: amount('102185.175', 'the sum of the totals, in USDT'),
    Coins: Type.Array(Coin),
    Cash: Type.Optional(
      Type.Array(Cash, {
        description: 'what is held and is no coin; of the default portfolio only where there is some',
      }),
    ),
    NetWorth: Type.Optional(amount('102305.675', 'coins and cash together in USDT; beside `Cash`')),
    AsOf: moment('2026-01-27T10:00:01.034Z'),
    Simulated: Type.Optional(
      Type.Boolean({ description: 'true where the prices are not real; otherwise it is not there' }),
    ),
  },
  { ...strict, description: 'The whole portfolio.' },
);
export type Frame = Body<typeof Frame>;
