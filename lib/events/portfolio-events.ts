import { Type } from 'typebox';
import { createEventTopic } from './domain-event.js';
import { asset, name, portfolioId, symbol } from './event-fields.js';
import { streams } from './streams.js';

/** All of it, not what changed: a reader keeps the newest. */
const portfolio = {
  portfolioId,
  name: name('As its user calls it.', 'Main'),
  kind: Type.Enum(['tracking', 'paper', 'exchange'], {
    description: 'What one owns, paper money, or the mirror of an exchange account. Stays as it is.',
    examples: ['tracking'],
  }),
  baseCurrencyCode: Type.String({
    minLength: 1,
    maxLength: 32,
    description: 'What it is valued in.',
    examples: ['USDT'],
  }),
  costMethod: Type.Enum(['FIFO', 'LIFO', 'HIFO', 'AVERAGE'], {
    description: 'Which lots are sold first.',
    examples: ['FIFO'],
  }),
  feeAsset: Type.Union([asset, Type.Null()], {
    description: 'What fees are paid with where there is enough of it; null for what is received.',
    examples: [null],
  }),
  isDefault: Type.Boolean({ description: "Whether it is the user's default of its kind. Stays as it is." }),
  simulated: Type.Boolean({ description: 'Whether its prices are not real. Stays as it is.' }),
};
const watched = { symbol, asset };

/** What becomes of portfolios, without what is in them, and of watchlists. */
export const portfolioEvents = createEventTopic({
  name: 'portfolio-events',
  description: 'What becomes of portfolios, without what is in them, and of watchlists, by the id of the user.',
  partitions: 6,
  source: 'portfolio',
  keyOf: ({ userId }) => userId,
  streamOf: ({ userId, data }) =>
    'portfolioId' in data ? streams.portfolio(data.portfolioId) : streams.watchlist(userId),
  types: {
    'portfolio.created': { schema: 1, data: Type.Object(portfolio, { description: 'A portfolio was made.' }) },
    'portfolio.updated': {
      schema: 1,
      data: Type.Object(portfolio, { description: 'Name or settings are others now: the whole portfolio as it is.' }),
    },
    'portfolio.archived': {
      schema: 1,
      data: Type.Object({ portfolioId }, { description: 'A portfolio was put away; nothing changes in it any more.' }),
    },
    'watchlist.added': { schema: 1, data: Type.Object(watched, { description: 'A symbol is watched.' }) },
    'watchlist.removed': { schema: 1, data: Type.Object(watched, { description: 'A symbol is watched no more.' }) },
  },
});
