import { useQueries, useQuery } from '@tanstack/react-query';
import type { FillsAnswer } from '@tickfolio/api/order-parts';
import { isZero } from '@tickfolio/lib/money';
import { useMemo } from 'react';
import { useLive, usePace, useParts } from '../parts.js';
import { exact } from '../text/exact.js';
import { useTradeText } from '../text/trade/use-trade-text.js';
import { type Order, orderPath, ordersKey, useOrderCalls } from './order-calls.js';
import { useOpenOrders } from './use-orders.js';

/** So many of the last ones that were filled are marked. */
const maxFilled = 10;
/** As often as that they are read again. */
const paceMs = 10_000;
const maxFills = 100;
const none: readonly Order[] = [];

/** What is one's own in a market. */
interface Own {
  readonly orders: readonly { readonly price: string; readonly side: Order['side']; readonly words: string }[];
  readonly trades: readonly { readonly atMs: number; readonly side: Order['side'] }[];
}

const isFilled = ({ filledQuantity }: Order): boolean => !isZero(exact(filledQuantity));

/** One's own orders and trades in a market, for its chart. */
export const useOwnMarks = (symbol: string) => {
  const text = useTradeText();
  const { session } = useParts();
  const calls = useOrderCalls();
  const pace = usePace(paceMs);
  const isSimulated = useLive(({ view }) => view?.simulated);
  const { orders: open = none } = useOpenOrders(pace);
  const { data: ended = none } = useQuery({
    queryKey: [...ordersKey, 'ended-of', symbol],
    queryFn: async ({ signal }) => (await calls.list({ status: 'closed', symbol, limit: '50' }, signal)).orders,
    refetchInterval: pace,
  });
  const own = open.filter((order) => order.symbol === symbol && order.simulatedPrices === isSimulated);
  const filled = [...own, ...ended.filter((order) => order.simulatedPrices === isSimulated)]
    .filter(isFilled)
    .slice(0, maxFilled);
  const trades = useQueries({
    queries: filled.map(({ id, side, filledQuantity }) => ({
      queryKey: ['order-trades', id, filledQuantity],
      queryFn: async () => {
        const { fills } = await session.call<FillsAnswer>('GET', `${orderPath(id)}/fills?limit=${maxFills}`);
        return fills.map(({ tradedAt }) => ({ atMs: Date.parse(tradedAt), side }));
      },
      // What filled it so far stays.
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine: (found) => found.flatMap(({ data = [] }) => data),
  });
  const said = JSON.stringify({
    orders: own.flatMap(({ price, stopPrice, side }) => {
      const at = price ?? stopPrice;
      return at === null ? [] : [{ price: at, side, words: text.sides[side] }];
    }),
    trades,
  });
  // The same as long as nothing of it changes: the chart is drawn by it.
  return useMemo(() => JSON.parse(said) as Own, [said]);
};
