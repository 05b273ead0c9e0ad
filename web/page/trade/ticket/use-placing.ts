import { useState } from 'react';
import { type Order, type OrderBody, useOrderCalls } from '../../orders/order-calls.js';
import { orderWords } from '../../orders/order-words.js';
import { useReadOrders, useTakeOrder } from '../../orders/use-orders.js';
import { useReadAnew } from '../../portfolios/use-portfolios.js';
import { useToast } from '../../shell/toasts.js';
import { useIsHere } from '../../shell/use-is-here.js';
import { useWish } from '../../shell/use-wish.js';
import { hiddenAmount } from '../../text/figure.js';
import type { Pair } from '../../text/pair.js';
import { useTradeText } from '../../text/trade/use-trade-text.js';
import { type OrderRefusal, orderRefusalOf } from './order-refusal.js';

/** Places orders: one that is sent again because no answer came has the name it had, and is the same. */
export const usePlacing = (pair: Pair) => {
  const text = useTradeText();
  const toast = useToast();
  const calls = useOrderCalls();
  const asWish = useWish('order');
  const take = useTakeOrder();
  const readOrders = useReadOrders();
  const readBalances = useReadAnew();
  const isHere = useIsHere();
  const [busy, setBusy] = useState(false);
  /** With the order that was refused, which it says nothing of once that was changed. */
  const [refused, setRefused] = useState<{ readonly body: string; readonly refusal: OrderRefusal }>();
  const wordsOf = ({ status }: Pick<Order, 'status'>, what: string): string => {
    if (status === 'PENDING') return text.orderPending(what);
    if (status === 'FILLED') return text.orderFilled(what);
    return status === 'NEW' || status === 'PARTIALLY_FILLED' ? text.orderPlaced(what) : text.orderEnded(what);
  };
  return {
    busy,
    refusalOf: (body: OrderBody | undefined): OrderRefusal | undefined =>
      refused && body && refused.body === JSON.stringify(body) ? refused.refusal : undefined,
    /** @param onPlaced called once it is, as long as the ticket is there */
    place: async (body: OrderBody, onPlaced: () => void) => {
      if (busy) return;
      setBusy(true);
      setRefused(undefined);
      try {
        const order = await asWish(body, (clientOrderId) => calls.place(body, clientOrderId));
        take(order);
        const wordsWith = (amount?: string) => wordsOf(order, orderWords(body, pair, text, amount));
        toast({ message: wordsWith(), discreetly: wordsWith(hiddenAmount) });
        if (isHere.current) onPlaced();
      } catch (thrown) {
        const refusal = orderRefusalOf(thrown, text);
        if (isHere.current) setRefused({ body: JSON.stringify(body), refusal });
        else toast({ message: refusal.words, tone: 'fault' });
        void readOrders(); // One that was refused late is there too.
      } finally {
        void readBalances();
        if (isHere.current) setBusy(false);
      }
    },
  };
};
