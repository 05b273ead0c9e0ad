import { Type } from 'typebox';
import { createEventTopic } from './domain-event.js';
import { asset, difference, id, moment, portfolioId, quantity, word } from './event-fields.js';
import { streams } from './streams.js';

/** All of it as it stands afterwards, not what changed: a reader keeps the newest. */
const balance = {
  portfolioId,
  balanceId: Type.Integer({
    minimum: 1,
    description: 'A balance that came to nothing is gone, and a later one has another id.',
    examples: [17],
  }),
  asset,
  via: Type.String({
    maxLength: 32,
    description:
      'The symbol through which it is valued, lower case; empty for cash. A tracking portfolio has a balance for each, others one an asset.',
    examples: ['btcusdt'],
  }),
  available: quantity('What can be used, afterwards.', '1.5'),
  reserved: quantity('What is kept for orders, afterwards.', '0'),
  createdAt: moment('When the balance began; of one that was taken over, where it was before.'),
};
const reservation = {
  ...balance,
  reservationId: id('Of the order or the execution.', '0199a3c2-7d10-7000-8000-000000000004'),
  amount: quantity('How much.', '0.5'),
  remaining: quantity('What of the reservation is left, afterwards.', '0.5'),
};

/** What becomes of the balances of portfolios. */
export const balanceEvents = createEventTopic({
  name: 'balance-events',
  description: 'What becomes of the balances of portfolios, by the id of the portfolio.',
  partitions: 6,
  source: 'portfolio',
  keyOf: ({ data }) => data.portfolioId,
  streamOf: ({ data }) => streams.balances(data.portfolioId),
  types: {
    'balance.updated': {
      schema: 1,
      data: Type.Object(
        {
          ...balance,
          change: Type.Object(
            {
              available: difference('What was added to it.', '0.5'),
              reserved: difference('What was added to it.', '0'),
            },
            { description: 'Against what it was before.' },
          ),
          reason: Type.Enum(['manual', 'adopt', 'import', 'fund', 'transfer', 'fill', 'fee', 'mirror'], {
            description: 'What kind of thing was done.',
            examples: ['manual'],
          }),
          ref: Type.String({
            pattern: '^[a-z-]+:.{1,200}$',
            description: 'What was done: `<what>:<id>`, the same in all balances that it changed.',
            examples: ['posting:0199a3c2-7d10-7000-8000-000000000005'],
          }),
          cause: Type.Optional(word('Of `mirror`: what happened at the exchange.', 'deposit')),
          observedPrice: Type.Optional(
            quantity('Of `manual`: the price of `via` that was shown when it was done.', '68123.45'),
          ),
        },
        { description: 'A quantity is another now.' },
      ),
    },
    'balance.reserved': {
      schema: 1,
      data: Type.Object(reservation, { description: 'A part of what was available is kept for an order.' }),
    },
    'balance.released': {
      schema: 1,
      data: Type.Object(reservation, { description: 'What was kept and not needed is available again.' }),
    },
    'balance.reservation_refused': {
      schema: 1,
      data: Type.Object(
        {
          portfolioId,
          reservationId: reservation.reservationId,
          asset,
          amount: quantity('How much was asked for.', '0.5'),
          available: quantity('What there was.', '0.25'),
          reason: word('Why not.', 'insufficient-balance'),
        },
        { description: 'Nothing is kept for an order, now or later: its id is decided.' },
      ),
    },
  },
});
