import { Type } from 'typebox';
import type { Body } from './body.js';
import { cursor, limit, moment, next, orNull, strict, version } from './fields.js';

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
const feeAsset = Type.String({
  minLength: 1,
  maxLength: 20,
  pattern: '^[A-Za-z0-9]+$',
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
export const PortfoliosAnswer = Type.Object(
  { portfolios: Type.Array(PortfolioAnswer), next },
  { description: 'The portfolios, the oldest first.' },
);
