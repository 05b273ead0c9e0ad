import { describe, expect, it } from 'vitest';
import { balanceEvents } from './balance-events.js';
import { eventTypes, topics } from './domain-topics.js';
import { portfolioEvents } from './portfolio-events.js';
import { deadLettersOf } from './topic.js';
import { userEvents } from './user-events.js';

const envelope = {
  id: '0199a3c2-0000-7000-8000-000000000001',
  epoch: 1,
  userId: 'u1',
  version: 1,
  time: '2026-11-28T07:40:00.123Z',
};
const ofAuth = { ...envelope, source: 'auth', stream: 'user:u1' };
const ofPortfolio = { ...envelope, source: 'portfolio', stream: 'portfolio:p1' };
const ofBalances = { ...ofPortfolio, stream: 'balances:p1' };
const portfolio = {
  portfolioId: 'p1',
  name: 'Main',
  kind: 'tracking',
  baseCurrencyCode: 'USDT',
  costMethod: 'FIFO',
  feeAsset: null,
  isDefault: true,
  simulated: false,
} as const;
const balance = {
  portfolioId: 'p1',
  balanceId: 17,
  asset: 'BTC',
  via: 'btcusdt',
  available: '1.5',
  reserved: '0',
  createdAt: '2026-11-28T07:40:00.123Z',
};
const reservation = { ...balance, reservationId: 'o1', amount: '0.5', remaining: '0.5' };
const refused = {
  portfolioId: 'p1',
  reservationId: 'o1',
  asset: 'BTC',
  amount: '2',
  available: '1.5',
  reason: 'insufficient-balance',
};
const updated = {
  ...balance,
  change: { available: '-0.5', reserved: '0' },
  reason: 'manual',
  ref: 'posting:c1',
} as const;
const watched = { symbol: 'btcusdt', asset: 'BTC' };

describe('the topics of domain events', () => {
  it('have the names, the partitions, the one source and the types that others read', () => {
    const told = Object.entries(topics).map(([name, topic]) => ({
      is: [name, topic.name, topic.partitions, topic.source, deadLettersOf(topic.name).name],
      types: Object.keys(topic.types),
    }));
    expect(told).toEqual([
      {
        is: ['user-events', 'user-events', 6, 'auth', 'user-events.dlq'],
        types: [
          'user.created',
          'user.logged_in',
          'user.logged_out',
          'user.sessions_ended',
          'user.updated',
          'user.deleted',
          'user.erased',
        ],
      },
      {
        is: ['portfolio-events', 'portfolio-events', 6, 'portfolio', 'portfolio-events.dlq'],
        types: ['portfolio.created', 'portfolio.updated', 'portfolio.archived', 'watchlist.added', 'watchlist.removed'],
      },
      {
        is: ['balance-events', 'balance-events', 6, 'portfolio', 'balance-events.dlq'],
        types: ['balance.updated', 'balance.reserved', 'balance.released', 'balance.reservation_refused'],
      },
      {
        is: ['order-events', 'order-events', 6, 'orders', 'order-events.dlq'],
        types: [
          'order.created',
          'order.accepted',
          'order.rejected',
          'order.triggered',
          'order.partially_filled',
          'order.filled',
          'order.settled',
          'order.cancelled',
          'order.expired',
        ],
      },
    ]);
    expect(Object.keys(eventTypes)).toEqual(told.flatMap(({ types }) => types));
  });

  const messages = () => ({
    created: userEvents.messageOf({ ...ofAuth, type: 'user.created', data: { id: 'u1', name: 'ann' } }),
    deleted: userEvents.messageOf({ ...ofAuth, type: 'user.deleted', data: {} }),
    erased: userEvents.messageOf({
      ...envelope,
      source: 'bff',
      stream: 'erasure:u1:bff',
      type: 'user.erased',
      data: { service: 'bff' },
    }),
    made: portfolioEvents.messageOf({ ...ofPortfolio, type: 'portfolio.created', data: portfolio }),
    renamed: portfolioEvents.messageOf({
      ...ofPortfolio,
      type: 'portfolio.updated',
      data: { ...portfolio, kind: 'paper', feeAsset: 'BNB', costMethod: 'AVERAGE' },
    }),
    archived: portfolioEvents.messageOf({ ...ofPortfolio, type: 'portfolio.archived', data: { portfolioId: 'p1' } }),
    watched: portfolioEvents.messageOf({
      ...ofPortfolio,
      stream: 'watchlist:u1',
      type: 'watchlist.added',
      data: watched,
    }),
    updated: balanceEvents.messageOf({ ...ofBalances, type: 'balance.updated', data: updated }),
    reserved: balanceEvents.messageOf({ ...ofBalances, type: 'balance.reserved', data: reservation }),
    released: balanceEvents.messageOf({ ...ofBalances, type: 'balance.released', data: reservation }),
    refused: balanceEvents.messageOf({ ...ofBalances, type: 'balance.reservation_refused', data: refused }),
  });
  it('keep the order of a user, and of the balances of a portfolio', () => {
    const keys = Object.entries(messages()).map(([name, { key }]) => [name, key]);
    expect(Object.fromEntries(keys)).toEqual({
      created: 'u1',
      deleted: 'u1',
      erased: 'u1',
      made: 'u1',
      renamed: 'u1',
      archived: 'u1',
      watched: 'u1',
      updated: 'p1',
      reserved: 'p1',
      released: 'p1',
      refused: 'p1',
    });
  });

  it.each<[string, () => unknown, string]>([
    [
      'a service that tells of the deletion of an account',
      () => userEvents.messageOf({ ...ofAuth, source: 'bff', type: 'user.deleted', data: {} }),
      'user.deleted is told by auth, not by bff',
    ],
    [
      'a service that says in the stream of another that it has erased',
      () =>
        userEvents.messageOf({
          ...envelope,
          source: 'bff',
          stream: 'erasure:u1:portfolio',
          type: 'user.erased',
          data: { service: 'bff' },
        }),
      'event.stream must be erasure:u1:bff',
    ],
    [
      'a star among the events of a portfolio',
      () => portfolioEvents.messageOf({ ...ofPortfolio, type: 'watchlist.removed', data: watched }),
      'event.stream must be watchlist:u1',
    ],
    [
      'a balance among the events of its portfolio',
      () => balanceEvents.messageOf({ ...ofPortfolio, type: 'balance.updated', data: updated }),
      'event.stream must be balances:p1',
    ],
  ])('refuse %s', (_what, write, reason) => expect(write).toThrow(reason));

  const withAvailable = (available: string) => () =>
    balanceEvents.messageOf({ ...ofBalances, type: 'balance.updated', data: { ...updated, available } });
  it.each(['0', '1', '0.5', '12345678901234567890.123456789012345678'])('take the quantity %s', (text) =>
    expect(withAvailable(text)).not.toThrow(),
  );
  it.each(['', '-1', '+1', '01', '1.50', '1.', '.5', '1e3', '123456789012345678901', '0.1234567890123456789'])(
    'refuse the quantity "%s", which is another text for a number, or none that is kept',
    (text) => expect(withAvailable(text)).toThrow('data.available must match pattern'),
  );

  const withChange = (available: string) => () =>
    balanceEvents.messageOf({
      ...ofBalances,
      type: 'balance.updated',
      data: { ...updated, change: { available, reserved: '0' } },
    });
  it.each(['0', '0.5', '-0.5', '-10', '10.01', '-1.5'])('take the change %s', (text) =>
    expect(withChange(text)).not.toThrow(),
  );
  it.each(['-0', '-0.50', '+1', '1.0', '--1'])('refuse the change "%s"', (text) =>
    expect(withChange(text)).toThrow('data.change.available must match pattern'),
  );
});
