import { Type } from 'typebox';
import type { Body } from '../body.js';
import { cursor, limit, moment, next, orNull, strict } from '../fields.js';
import { amount } from './orders.js';

/** What there is of one order besides itself. */

const tradeId = Type.Integer({
  description: 'of the public trade, by which it is looked up at the exchange',
  examples: [3735683401],
});

export const PartsQuery = Type.Object({ limit: limit(100, 500), cursor }, strict);

export const FillsAnswer = Type.Object(
  {
    fills: Type.Array(
      Type.Object({
        id: Type.String({ examples: ['0199a3c2-7d10-7000-8000-000000000008'] }),
        tradeId: orNull(tradeId, { description: 'null where the venue has no numbers' }),
        price: amount('67999.8'),
        quantity: amount('0.3', 'of the base asset'),
        quote: amount('20399.94', 'price × quantity, exactly'),
        fee: orNull(amount('0.0003'), { description: 'null until it is booked' }),
        feeAsset: orNull(Type.String({ examples: ['BTC'] })),
        maker: Type.Boolean({ description: 'whether the order rested when it was met', examples: [true] }),
        tradedAt: moment,
      }),
    ),
    next,
  },
  { description: 'What filled it, the oldest first.' },
);
export type FillsAnswer = Body<typeof FillsAnswer>;

export const OrderEventsAnswer = Type.Object(
  {
    events: Type.Array(
      Type.Object(
        {
          id: Type.String({ examples: ['0199a3c2-7d10-7000-8000-000000000000'] }),
          type: Type.String({ examples: ['order.accepted'] }),
          version: Type.Integer({ examples: [2] }),
          time: moment,
        },
        { additionalProperties: true, description: 'as it stands in the event log' },
      ),
    ),
    next,
  },
  { description: 'What became of it, the oldest first.' },
);

export const ProofAnswer = Type.Object(
  {
    model: Type.Enum(['tape', 'none'], {
      description: '`none` where its fills have no public numbers',
      examples: ['tape'],
    }),
    rules: Type.Record(Type.String(), Type.String(), {
      description: 'what orders are filled by',
      examples: [{ touch: 'never', takeShare: '1' }],
    }),
    acceptedAfterTrade: orNull(tradeId),
    endedAfterTrade: orNull(tradeId),
    fills: Type.Array(
      Type.Object({
        tradeId,
        price: amount('67999.8'),
        quantity: amount('0.3'),
        tradePrice: amount('67999.5'),
        tradeQuantity: amount('0.4'),
        takenBefore: amount('0.1', 'what other orders of the same portfolio had of the trade before'),
        buyerIsMaker: Type.Boolean({ examples: [true] }),
        tradedAt: moment,
      }),
    ),
    verify: Type.String({
      description: 'what to ask the exchange for; empty where there is nothing to ask',
      examples: ['GET /api/v3/aggTrades?symbol=BTCUSDT&fromId=3735683364'],
    }),
  },
  { description: 'By which public trades it was filled.' },
);
export type ProofAnswer = Body<typeof ProofAnswer>;
