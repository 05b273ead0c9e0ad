import { Type } from 'typebox';
import type { Body } from '../body.js';
import { moment, orNull, strict, version } from '../fields.js';
import { OrderAnswer } from '../orders/orders.js';

const amount = (example: string) => Type.String({ description: 'exact decimal text', examples: [example] });

export const OrderTold = Type.Object(
  {
    Type: Type.Literal('order'),
    Version: version('counts what became of that order, as `version` in it does'),
    Order: OrderAnswer,
    LastFill: orNull(
      Type.Object(
        {
          TradeID: orNull(Type.Integer({ description: 'of the public trade', examples: [3735683365] })),
          Price: amount('67999.99'),
          Quantity: amount('0.2'),
          Fee: orNull(amount('0.0002'), { description: 'null until it is booked' }),
          FeeAsset: orNull(Type.String({ examples: ['BTC'] })),
          Maker: Type.Boolean({ examples: [true] }),
          Time: moment,
        },
        strict,
      ),
      { description: 'the newest of what filled it since the message before, or what was booked of it; null for none' },
    ),
  },
  {
    ...strict,
    description:
      'On the channel `orders`: an order as it is after something became of it. Who reads slowly gets the newest of each order.',
  },
);
export type OrderTold = Body<typeof OrderTold>;
