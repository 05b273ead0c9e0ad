import { Type } from 'typebox';
import type { Body } from '../body.js';
import { cursor, limit, maxSymbolLength, moment, next, orNull, strict, symbolName, version } from '../fields.js';

const sides = ['BUY', 'SELL'] as const;
const types = [
  ...(['LIMIT', 'MARKET', 'LIMIT_MAKER'] as const),
  ...(['STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'] as const),
] as const;
const lasting = ['GTC', 'IOC', 'FOK'] as const;
const statuses = ['PENDING', 'NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'EXPIRED', 'REJECTED'] as const;

const orderId = Type.String({ examples: ['0199a3c2-7d10-7000-8000-000000000007'] });
const portfolioId = Type.String({ examples: ['0199a3c2-7d10-7000-8000-000000000002'] });
export const amount = (example: string, description = 'exact decimal text') =>
  Type.String({ description, examples: [example] });
const quantityOf = Type.Object({
  asset: Type.String({ examples: ['USDT'] }),
  quantity: amount('34000'),
});
const side = Type.Enum([...sides], { description: 'of the base asset', examples: ['BUY'] });
const type = Type.Enum([...types], { examples: ['LIMIT'] });
const timeInForce = Type.Enum([...lasting], {
  description: '`GTC` stays until it is cancelled, `IOC` takes what there is at once, `FOK` all at once or nothing',
  examples: ['GTC'],
});

const said = (description: string, example: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 100, description, examples: [example] }));
/** Amounts are decimal texts: a JSON number would lose digits, and is refused as `bad-number`. */
export const OrderBody = Type.Object(
  {
    portfolioId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'one of paper money; the default one of the prices of now where it is not said',
        examples: ['0199a3c2-7d10-7000-8000-000000000002'],
      }),
    ),
    symbol: Type.String({
      minLength: 1,
      maxLength: maxSymbolLength,
      description: 'in either case',
      examples: ['btcusdt'],
    }),
    side,
    type,
    timeInForce: Type.Optional(timeInForce),
    quantity: said('of the base asset, decimal text; `max` of SELL is what is available, rounded down', '0.5'),
    quoteQuantity: said('of the quote asset, decimal text; of MARKET, instead of `quantity`', '100'),
    price: said('the limit, decimal text', '68000.00'),
    stopPrice: said('what it waits for, decimal text', '67000'),
    icebergQuantity: said('how much of it is shown at a time, decimal text', '0.1'),
    clientOrderId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 36,
        pattern: '^[A-Za-z0-9.:/_-]+$',
        description:
          'names the order among all of the user, so that sending it again makes no second one; it gets a name where none is said',
        examples: ['my-1'],
      }),
    ),
  },
  {
    ...strict,
    examples: [
      { symbol: 'btcusdt', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.5', price: '68000.00' },
    ],
  },
);
export type OrderBody = Body<typeof OrderBody>;
/** Those fields of it that are numbers. */
export const orderAmounts = ['quantity', 'quoteQuantity', 'price', 'stopPrice', 'icebergQuantity'] as const;

export const OrderAnswer = Type.Object(
  {
    id: orderId,
    clientOrderId: Type.String({ examples: ['my-1'] }),
    portfolioId,
    symbol: symbolName,
    side,
    type,
    timeInForce: orNull(timeInForce),
    quantity: orNull(amount('0.5'), { description: 'of the base asset; null where `quoteQuantity` was said' }),
    quoteQuantity: orNull(amount('100'), { examples: [null] }),
    price: orNull(amount('68000')),
    stopPrice: orNull(amount('67000'), { examples: [null] }),
    icebergQuantity: orNull(amount('0.1'), { examples: [null] }),
    status: Type.Enum([...statuses], {
      description: '`PENDING` until it is decided whether what it needs is kept for it; the last four are final',
      examples: ['NEW'],
    }),
    working: Type.Boolean({ description: 'whether trades are looked at for it', examples: [true] }),
    filledQuantity: amount('0', 'of the base asset, before fees'),
    filledQuote: amount('0', 'of the quote asset, before fees'),
    averagePrice: orNull(amount('67999.8'), {
      description: '`filledQuote / filledQuantity` to 18 decimals, to show; nothing is computed from it',
      examples: [null],
    }),
    fees: Type.Array(quantityOf, { description: 'one for each asset in which fees were paid', examples: [[]] }),
    reserved: Type.Object(quantityOf.properties, { description: 'what was kept for it at first' }),
    settled: Type.Boolean({ description: 'whether all its fills are booked', examples: [true] }),
    reason: orNull(Type.String({ examples: ['user'] }), {
      description: 'why it was refused or ended, or is not looked at',
      examples: [null],
    }),
    mode: Type.Enum(['paper', 'live'], { examples: ['paper'] }),
    executionId: orNull(Type.String(), { description: 'of the execution whose child it is', examples: [null] }),
    simulatedPrices: Type.Boolean({ description: 'whether it lives at made-up prices', examples: [false] }),
    gap: Type.Optional(
      Type.Object(
        {
          from: Type.Integer({ examples: [3735683401] }),
          to: Type.Integer({ examples: [3735683404] }),
          basis: Type.Optional(Type.String({ description: '`klines` where they say that nothing met it' })),
        },
        { description: 'numbers of public trades that nobody could have, which were passed over; over REST only' },
      ),
    ),
    version: version('counts what became of it'),
    createdAt: moment,
    updatedAt: moment,
  },
  { description: 'An order.' },
);
export type OrderAnswer = Body<typeof OrderAnswer>;

export const OrderPath = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64, examples: ['0199a3c2-7d10-7000-8000-000000000007'] }),
});
const which = {
  symbol: Type.Optional(Type.String({ minLength: 1, maxLength: maxSymbolLength, examples: ['btcusdt'] })),
  portfolioId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
};
const time = (description: string) =>
  Type.Optional(Type.String({ description, examples: ['2026-01-27T10:00:00.000Z'] }));
export const OrdersQuery = Type.Object(
  {
    ...which,
    status: Type.Optional(Type.Enum(['open', 'closed'], { description: 'both where it is not said' })),
    from: time('placed from then on: ISO 8601, or epoch milliseconds'),
    to: time('placed before then'),
    limit: limit(100, 500),
    cursor,
  },
  strict,
);
export const OrdersAnswer = Type.Object(
  { orders: Type.Array(OrderAnswer), next },
  { description: 'The orders, the newest first.' },
);
export type OrdersAnswer = Body<typeof OrdersAnswer>;

export const TestAnswer = Type.Object(
  {
    reserve: Type.Object(quantityOf.properties, { description: 'what would be kept for it' }),
    estimatedFee: Type.Object(quantityOf.properties, { description: 'of all of it, where it takes' }),
  },
  { description: 'It would be taken.' },
);
export const CancelAllQuery = Type.Object(which, strict);
export const CancelAllAnswer = Type.Object(
  {
    canceled: Type.Array(orderId, { description: 'ids of those that are ended, or will be' }),
    failed: Type.Array(Type.Object({ id: orderId, reason: Type.String({ examples: ['already-ended'] }) })),
  },
  { description: 'Ended, as far as they could be.' },
);
