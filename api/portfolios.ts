import { Type } from 'typebox';
import type { Body } from './body.js';
import { cursor, limit, maxSymbolLength, moment, next, orNull, strict, version } from './fields.js';

const id = Type.String({ examples: ['0199a3c2-7d10-7000-8000-000000000001'] });
const name = Type.String({ minLength: 1, maxLength: 64, examples: ['Long term'] });
const baseCurrency = Type.String({
  minLength: 1,
  maxLength: 20,
  description: 'in which its worth is told: USDT, USDC, BTC, ETH or EUR',
  examples: ['USDT'],
});
const costMethod = Type.Enum(['FIFO', 'LIFO', 'HIFO', 'AVERAGE'], {
  description: 'which lots are sold first',
  examples: ['FIFO'],
});
/** Of any script: the exchange lists assets that are not Latin. The service says which it takes. */
const assetName = { minLength: 1, maxLength: maxSymbolLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$' };
const feeAsset = Type.String({
  ...assetName,
  description: 'fees are paid in it where there is enough of it',
  examples: ['BNB'],
});

export const NewPortfolioBody = Type.Object(
  {
    name,
    kind: Type.Enum(['tracking', 'paper'], { description: 'what one owns, or paper money', examples: ['tracking'] }),
    baseCurrency: Type.Optional(baseCurrency),
    costMethod: Type.Optional(costMethod),
  },
  strict,
);
export const PortfolioChangeBody = Type.Object(
  {
    name: Type.Optional(name),
    baseCurrency: Type.Optional(baseCurrency),
    costMethod: Type.Optional(costMethod),
    feeAsset: Type.Optional(orNull(feeAsset, { description: 'null: fees are paid in what is received' })),
  },
  strict,
);
export const PortfolioPath = Type.Object({
  id: Type.String({
    minLength: 1,
    maxLength: 64,
    description: '`default` is the default one of kind `tracking`',
    examples: ['default'],
  }),
});
export const PortfoliosQuery = Type.Object(
  {
    archived: Type.Optional(
      Type.Enum(['true', 'false'], { description: 'true: those that are archived instead', examples: ['false'] }),
    ),
    limit: limit(50, 100),
    cursor,
  },
  strict,
);

export const PortfolioAnswer = Type.Object(
  {
    id,
    name,
    kind: Type.Enum(['tracking', 'paper', 'exchange'], {
      description: 'what one owns, paper money, or the mirror of an exchange account',
      examples: ['tracking'],
    }),
    baseCurrency,
    costMethod,
    feeAsset: orNull(feeAsset, { examples: [null] }),
    isDefault: Type.Boolean({ description: 'the one of its kind that is meant where none is named' }),
    simulated: Type.Boolean({ description: 'whether it lives at made-up prices' }),
    version: version('counts the changes of what is in it, and never falls'),
    createdAt: moment,
    archivedAt: orNull(moment, { examples: [null] }),
  },
  { description: 'A portfolio.' },
);
export type PortfolioAnswer = Body<typeof PortfolioAnswer>;
const asset = Type.String({
  ...assetName,
  description: 'as the exchange writes it, in either case',
  examples: ['USDT'],
});
const quantity = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'a decimal text above zero, up to 20 digits before the point and 18 after',
  examples: ['1000'],
});
const amount = Type.String({ description: 'exact decimal text', examples: ['1000'] });

export const FundBody = Type.Object({ asset, quantity }, strict);
export const FundAnswer = Type.Object(
  { asset, available: amount, reserved: amount, version: version('of the portfolio, after it') },
  { description: 'What there is of the asset now.' },
);
export const TransferBody = Type.Object(
  {
    from: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'id of a portfolio, or `default`',
      examples: ['default'],
    }),
    to: Type.String({ minLength: 1, maxLength: 64, examples: ['0199a3c2-7d10-7000-8000-000000000001'] }),
    asset,
    quantity: Type.String({ ...quantity, description: 'what arrives, a decimal text above zero' }),
    networkFee: Type.Optional(
      Type.String({ maxLength: 100, description: 'what it costs besides, a decimal text', examples: ['0.0001'] }),
    ),
  },
  strict,
);
export const TransferAnswer = Type.Object(
  {
    id,
    fromVersion: version('of the portfolio that it came from, after it'),
    toVersion: version('of the portfolio that it went to, after it'),
  },
  { description: 'Moved.' },
);
export const BalancesAnswer = Type.Object(
  {
    portfolioId: id,
    kind: Type.Enum(['tracking', 'paper', 'exchange', 'all'], {
      description: '`all` for the sum of what is owned: tracking and exchange portfolios that are not archived',
      examples: ['paper'],
    }),
    baseCurrency,
    version: version('of the portfolio: what is told here is as of it'),
    value: Type.String({
      description: 'in USDT, exact decimal text: the sum of the values, without what has no price',
      examples: ['74027.663275'],
    }),
    lacks: Type.Optional(
      Type.Array(Type.String({ examples: ['TRY'] }), {
        description:
          'assets that have no price, by name, so that `value` is without them; left out where there are none',
      }),
    ),
    balances: Type.Array(
      Type.Object({
        asset,
        via: Type.String({ description: 'the symbol by which it is valued; empty for cash', examples: ['btcusdt'] }),
        available: amount,
        reserved: amount,
        total: amount,
        price: orNull(amount, { description: 'of one, in USDT; null while there is none', examples: ['68123.45'] }),
        value: orNull(amount, { description: 'total × price, in USDT', examples: ['34027.663275'] }),
        priceTime: orNull(moment, {
          description: 'of the trade behind the price; null where there is none, as for USDT itself',
          examples: ['2026-01-27T10:00:00.981Z'],
        }),
        stale: Type.Boolean({ description: 'there is no price, or it is old', examples: [false] }),
      }),
    ),
  },
  { description: 'What is in a portfolio at one moment, with the newest prices.' },
);
export type BalancesAnswer = Body<typeof BalancesAnswer>;

export const PortfoliosAnswer = Type.Object(
  { portfolios: Type.Array(PortfolioAnswer), next },
  { description: 'The portfolios, the oldest first.' },
);
export type PortfoliosAnswer = Body<typeof PortfoliosAnswer>;
