import { isProblem } from '@tickfolio/client/problem';
import { faultText } from '../kit/fault-text.js';
import { useToast } from '../shell/toasts.js';
import { hiddenAmount } from '../text/figure.js';
import { useTradeText } from '../text/trade/use-trade-text.js';
import { type Order, useOrderCalls } from './order-calls.js';
import { isOpen, orderWords } from './order-words.js';
import { useReadOrders, useTakeOrder } from './use-orders.js';
import { usePairs } from './use-pairs.js';

/** Ends orders, and says what came of it. */
export const useCancel = () => {
  const text = useTradeText();
  const toast = useToast();
  const calls = useOrderCalls();
  const take = useTakeOrder();
  const readAnew = useReadOrders();
  const pairs = usePairs();
  const wordsOf = (order: Order, amount?: string) => orderWords(order, pairs(order.symbol), text, amount);
  const faultOf = (thrown: unknown): string => {
    if (isProblem(thrown) && thrown.reason in text.orderFaults)
      return text.orderFaults[thrown.reason as keyof typeof text.orderFaults];
    return isProblem(thrown, 503) ? text.ordersAway : faultText(thrown, text);
  };
  return {
    cancel: async (order: Order) => {
      try {
        const ended = await calls.cancel(order.id);
        take(ended);
        // What is kept for it is not decided yet: it ends with that.
        const said = isOpen(ended) ? text.orderPending : text.cancelled;
        toast({ message: said(wordsOf(order)), discreetly: said(wordsOf(order, hiddenAmount)) });
      } catch (thrown) {
        toast({ message: `${text.cancelFailed}: ${faultOf(thrown)}`, tone: 'fault' });
        void readAnew(); // It may have ended, or have been ended, without an answer.
      }
    },
    cancelAll: async (portfolioId: string) => {
      try {
        const { canceled, failed } = await calls.cancelAll(portfolioId);
        const told = failed.length > 0 ? text.notCancelledAll(failed.length) : text.cancelledAll(canceled.length);
        toast({ message: told, ...(failed.length > 0 ? { tone: 'fault' as const } : {}) });
      } catch (thrown) {
        toast({ message: `${text.cancelFailed}: ${faultOf(thrown)}`, tone: 'fault' });
      }
      void readAnew();
    },
  };
};
