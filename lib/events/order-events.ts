import { Type } from 'typebox';
import { createEventTopic } from './domain-event.js';
import { asset, id, moment, portfolioId, quantity, symbol, word } from './event-fields.js';
import { streams } from './streams.js';

const orNull = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);
const side = Type.Enum(['BUY', 'SELL'], { description: 'Of the base asset.', examples: ['BUY'] });
const mode = word('`paper`, or `live` at an exchange.', 'paper');
const executionId = orNull(id('Of the execution whose child it is.', '0199a3c2-7d10-7000-8000-000000000006'));
const filledQuantity = quantity('Of the base asset, before fees.', '0.5');
const filledQuote = quantity('Of the quote asset, before fees.', '33999.9');
const amountOf = (description: string) =>
  Type.Object(
    { asset, quantity: quantity('Of the asset.', '0.0005') },
    {
      description,
    },
  );

/** An order as over REST. */
const order = Type.Object(
  {
    id: id('Of the order.', '0199a3c2-7d10-7000-8000-000000000007'),
    clientOrderId: word('What its user calls it.', 'my-1'),
    portfolioId,
    symbol,
    side,
    type: word('Such as `LIMIT`.', 'LIMIT'),
    timeInForce: orNull(word('Of those that have a limit.', 'GTC')),
    quantity: orNull(quantity('Of the base asset; null where a quote quantity was said.', '0.5')),
    quoteQuantity: orNull(quantity('Of the quote asset.', '100')),
    price: orNull(quantity('The limit.', '68000')),
    stopPrice: orNull(quantity('What it waits for.', '67000')),
    icebergQuantity: orNull(quantity('How much of it is shown at a time.', '0.1')),
    status: word(
      '`PENDING`, `NEW`, `PARTIALLY_FILLED`, `FILLED`, `CANCELED`, `EXPIRED` or `REJECTED`.',
      'PARTIALLY_FILLED',
    ),
    working: Type.Boolean({ description: 'Whether trades are looked at for it.', examples: [true] }),
    filledQuantity,
    filledQuote,
    averagePrice: orNull(quantity('To show; nothing is computed from it.', '67999.8')),
    fees: Type.Array(amountOf('Paid in this asset so far.'), { description: 'One for each asset.' }),
    reserved: amountOf('What was kept for it at first.'),
    settled: Type.Boolean({ description: 'Whether all its fills are booked.', examples: [true] }),
    reason: orNull(word('Why it was refused, or ended.', 'insufficient-balance')),
    mode,
    executionId,
    simulatedPrices: Type.Boolean({ description: 'Whether it lives at made-up prices.', examples: [false] }),
    version: Type.Integer({ minimum: 1, description: 'Of the event that tells it so.', examples: [2] }),
    createdAt: moment('When it was placed.'),
    updatedAt: moment('When it became so.'),
  },
  { description: 'As it is afterwards.' },
);
/** Of every event of an order. */
const about = {
  orderId: id('Of the order.', '0199a3c2-7d10-7000-8000-000000000007'),
  portfolioId,
  symbol,
  baseAsset: asset,
  quoteAsset: asset,
  side,
  mode,
  executionId,
  order,
};
const fill = {
  id: id('Of the fill.', '0199a3c2-7d10-7000-8000-000000000008'),
  tradeId: orNull(
    Type.Integer({
      minimum: 0,
      description: 'Of the public trade that filled it; null where the venue has no numbers.',
      examples: [3735683401],
    }),
  ),
  price: quantity('Of one.', '67999.8'),
  quantity: quantity('Of the base asset.', '0.3'),
  quote: quantity('Price times quantity, exactly.', '20399.94'),
  maker: Type.Boolean({ description: 'Whether it rested when it was met.', examples: [true] }),
  tradedAt: moment("By the exchange's clock."),
};
const filled = {
  ...about,
  status: word('Afterwards.', 'FILLED'),
  filledQuantity,
  filledQuote,
  fill: Type.Object(fill, { description: 'Without the fee, which is known once it is booked.' }),
};
const ended = { ...about, filledQuantity, filledQuote, reason: word('Why.', 'user') };

/** What becomes of orders. */
export const orderEvents = createEventTopic({
  name: 'order-events',
  description: 'What becomes of orders, by the id of the portfolio.',
  partitions: 6,
  source: 'orders',
  keyOf: ({ data }) => data.portfolioId,
  streamOf: ({ data }) => streams.order(data.orderId),
  types: {
    'order.created': {
      schema: 1,
      data: Type.Object(about, { description: 'An order was placed; whether anything is kept for it is open.' }),
    },
    'order.accepted': {
      schema: 1,
      data: Type.Object(about, { description: 'What it needs is kept for it; trades from now on may fill it.' }),
    },
    'order.rejected': {
      schema: 1,
      data: Type.Object(
        {
          ...about,
          reason: word('Why.', 'insufficient-balance'),
          detail: Type.String({
            maxLength: 1_000,
            description: 'The same in words.',
            examples: ['50 USDT is available and 100 is needed; nothing was changed.'],
          }),
        },
        { description: 'It was refused, and never traded.' },
      ),
    },
    'order.triggered': {
      schema: 1,
      data: Type.Object(
        {
          ...about,
          tradeId: orNull(
            Type.Integer({ minimum: 0, description: 'Of the trade that did it.', examples: [3735683400] }),
          ),
        },
        { description: 'Its stop was reached.' },
      ),
    },
    'order.partially_filled': {
      schema: 1,
      data: Type.Object(filled, { description: 'A trade filled a part of it.' }),
    },
    'order.filled': { schema: 1, data: Type.Object(filled, { description: 'A trade filled the last of it.' }) },
    'order.settled': {
      schema: 1,
      data: Type.Object(
        {
          ...filled,
          fill: Type.Object(
            {
              ...fill,
              fee: quantity('What was paid for it.', '0.0003'),
              feeAsset: asset,
            },
            { description: 'With the fee.' },
          ),
        },
        { description: 'One fill is booked in the portfolio.' },
      ),
    },
    'order.cancelled': { schema: 1, data: Type.Object(ended, { description: 'It was ended on request.' }) },
    'order.expired': {
      schema: 1,
      data: Type.Object(ended, { description: 'It ended by its own terms, or because the symbol went.' }),
    },
  },
});
