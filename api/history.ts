import { Type } from 'typebox';
import type { Body } from './body.js';
import { moment, orNull, price, range, symbolName, usdt } from './fields.js';

export const ValueQuery = Type.Object({
  range: range(['1h', '24h', '7d', '30d', '1y', 'all'], '24h'),
  after: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'only what is later, as the time of the newest point of before',
      examples: ['2026-01-27T10:00:00.000Z'],
    }),
  ),
});
export type ValueRange = NonNullable<Body<typeof ValueQuery>['range']>;
const lacked = (description: string) =>
  Type.Optional(
    Type.Array(Type.String({ examples: ['tornusdt'] }), {
      description: `${description}; left out where there are none`,
    }),
  );
export const ValueAnswer = Type.Object(
  {
    Range: Type.Unsafe<ValueRange>(Type.String({ examples: ['24h'] })),
    StepSeconds: Type.Integer({
      description: 'how far apart points are at most where nothing is missing',
      examples: [300],
    }),
    Points: Type.Array(
      Type.Object({
        Time: moment,
        Value: usdt,
        Missing: lacked('assets without any price, which are not in the value'),
        Old: lacked('assets at a price that stood still: delisted, halted, or their prices did not arrive'),
      }),
    ),
  },
  {
    description:
      'What the portfolio was worth: the last value of every step, oldest first; steps without any are left out.',
  },
);
export type ValueAnswer = Body<typeof ValueAnswer>;

export const HeldValueQuery = Type.Object({ range: range(['1h', '24h', '7d', '30d', '1y'], '24h') });
export type HeldRange = NonNullable<Body<typeof HeldValueQuery>['range']>;
export const HeldValueAnswer = Type.Object(
  {
    Range: Type.Unsafe<HeldRange>(Type.String({ examples: ['24h'] })),
    StepSeconds: Type.Integer({ description: 'how far apart points are', examples: [300] }),
    Simulated: Type.Boolean({ description: 'by prices that a simulator made up', examples: [false] }),
    Points: Type.Array(
      Type.Object({
        Time: moment,
        Value: usdt,
        Missing: lacked('assets that had no price then, which are not in the value'),
      }),
    ),
    Left: Type.Array(symbolName, {
      description: 'assets that are in no value: there are more than 60, or the exchange has no history of them',
    }),
  },
  {
    description:
      'What the assets that are held now would have been worth at the end of every step, oldest first. It is no record.',
  },
);
export type HeldValueAnswer = Body<typeof HeldValueAnswer>;

const quotePrice = Type.String({ description: 'exact decimal text, in the quote asset', examples: ['68123.45'] });
const dayAgo = Type.Array(Type.Object({ Symbol: symbolName, Price: usdt, QuotePrice: quotePrice, Time: moment }));
export const DayAnswer = Type.Object(
  {
    AsOf: moment,
    Since: moment,
    Opens: Type.Array(Type.Object({ Symbol: symbolName, Price: usdt, QuotePrice: quotePrice, Since: moment })),
    DayAgo: {
      ...dayAgo,
      description:
        'What every asset that is held cost 24 hours before `Time`, a ticker of a full minute that is the same for everybody, where the archive has one.',
    },
    DayAgoNext: orNull(Type.Object({ From: moment, Prices: dayAgo }), {
      description:
        'What takes the place of `DayAgo` at `From`, a moment that all clients share; null while that is not known.',
    }),
  },
  {
    description:
      'The first price of today (UTC) that is known of every asset that is held, and from when it is: of a new asset not from midnight. And what it cost 24 hours ago.',
  },
);
export type DayAnswer = Body<typeof DayAnswer>;

const ofPortfolio = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 64,
    description:
      'of a portfolio, or of `all` that one owns, its cash too; left out: of what the default portfolio holds',
    examples: ['all'],
  }),
);
export const DayQuery = Type.Object({ portfolioId: ofPortfolio });
export const BasisQuery = Type.Object({
  portfolioId: ofPortfolio,
  at: Type.String({
    format: 'date-time',
    description: 'a full quarter of an hour of the last 31 days',
    examples: ['2026-01-20T10:00:00.000Z'],
  }),
});

export const BasisAnswer = Type.Object(
  {
    At: moment,
    Prices: { ...dayAgo, description: 'By the newest ticker of the hour before that moment, else by the next one.' },
  },
  { description: 'What every asset that is held cost at a moment; those of which nothing is known are left out.' },
);
export type BasisAnswer = Body<typeof BasisAnswer>;

const trail = { Symbol: symbolName, Points: Type.Array(Type.Object({ Time: moment, Price: price })) };
export const TrailsAnswer = Type.Object(
  { Trails: Type.Array(Type.Object(trail)) },
  { description: 'The price of every minute of the last half hour, of the assets that are held.' },
);
export type TrailsAnswer = Body<typeof TrailsAnswer>;

export const DayTrailsAnswer = Type.Object(
  {
    Trails: Type.Array(
      Type.Object({
        ...trail,
        Whole: Type.Boolean({
          description: 'whether the exchange told what it has of these hours; ask again soon where it did not yet',
          examples: [true],
        }),
      }),
    ),
    Simulated: Type.Boolean({ description: 'made up by a simulator', examples: [false] }),
  },
  {
    description:
      'What every asset that is held cost as each full hour of the last 24 began, by the exchange, however long it is held. Of an asset that was just listed, or that the exchange was not asked about yet, hours are missing.',
  },
);
export type DayTrailsAnswer = Body<typeof DayTrailsAnswer>;
