import type { OrderTold } from '@tickfolio/api/order-told';
import type { DomainEvent, TypesOf } from '@tickfolio/lib/events/domain-event';
import type { orderEvents } from '@tickfolio/lib/events/order-events';
import { asciiJson } from '../../prices/text-frame.js';
import { createOwedStates, type OwedStates, orderOf, type ToldUser } from './owed-states.js';

type OrderEvent = DomainEvent<TypesOf<typeof orderEvents>>;

/** The channel `orders`: what becomes of the orders of users with a connection here. */
export interface ToldOrders extends Pick<OwedStates<OrderTold>, 'open' | 'isWanted' | 'missed'> {
  /** Tells what became of orders, in its order. What was told before is not told again. */
  take(events: readonly OrderEvent[]): Promise<void>;
}

type LastFill = NonNullable<OrderTold['LastFill']>;

const lastFillOf = (event: OrderEvent): LastFill | null => {
  if (!('fill' in event.data)) return null;
  const { fill } = event.data;
  const { tradeId: TradeID, price: Price, quantity: Quantity, maker: Maker, tradedAt: Time } = fill;
  const fee = 'fee' in fill ? { Fee: fill.fee, FeeAsset: fill.feeAsset } : { Fee: null, FeeAsset: null };
  return { TradeID, Price, Quantity, ...fee, Maker, Time };
};

const messageOf = (event: OrderEvent): OrderTold => ({
  Type: 'order',
  Version: event.version,
  Order: event.data.order as OrderTold['Order'],
  LastFill: lastFillOf(event),
});

/** The later of two fills: that an earlier one was booked meanwhile is no news of the later one. */
const laterOf = (before: LastFill | null, fill: LastFill | null): LastFill | null => {
  if (before === null || fill === null) return fill ?? before;
  return (fill.TradeID ?? 0) >= (before.TradeID ?? 0) ? fill : before;
};

/** The newer state, and the newest fill of both. */
const merge = (before: OrderTold, told: OrderTold): OrderTold => ({
  ...told,
  LastFill: laterOf(before.LastFill, told.LastFill),
});

const takeOne = (user: ToldUser<OrderTold>, event: OrderEvent) => {
  const { epoch, version, data } = event;
  const order = orderOf(event, user.reached(data.orderId));
  if (order === 'old') return;
  user.reach(data.orderId, { epoch, version });
  if (order === 'after a gap') user.oweResync();
  user.owe(data.orderId, messageOf(event));
};

export const createToldOrders = (): ToldOrders => {
  const owed = createOwedStates<OrderTold>({ textOf: asciiJson, merge });
  return {
    open: owed.open,
    get isWanted() {
      return owed.isWanted;
    },
    missed: owed.missed,
    take: async (events) => {
      const told = new Set<ToldUser<OrderTold>>();
      for (const event of events) {
        const user = owed.user(event.userId);
        if (!user) continue;
        takeOne(user, event);
        told.add(user);
      }
      for (const user of told) user.tell();
    },
  };
};
