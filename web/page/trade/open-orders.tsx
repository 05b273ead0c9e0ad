import { useCallback, useState } from 'react';
import { useDiscreet } from '../display/choices.js';
import type { Order } from '../orders/order-calls.js';
import { orderWords } from '../orders/order-words.js';
import { OrderTable } from '../orders/table/order-table.js';
import { useCancel } from '../orders/use-cancel.js';
import { useOpenOrders } from '../orders/use-orders.js';
import type { Portfolio } from '../portfolios/portfolio-calls.js';
import { Question } from '../security/question.js';
import { hiddenAmount } from '../text/figure.js';
import type { Pair } from '../text/pair.js';
import { useTradeText } from '../text/trade/use-trade-text.js';
import { AskedOrders } from './asked-orders.js';

const CancelButton = ({ order, pair }: { readonly order: Order; readonly pair: Pair }) => {
  const text = useTradeText();
  const isDiscreet = useDiscreet();
  const { cancel } = useCancel();
  const [busy, setBusy] = useState(false);
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={text.cancelThis(orderWords(order, pair, text, isDiscreet ? hiddenAmount : undefined))}
      title={text.cancelOrder}
      disabled={busy}
      onClick={() => {
        setBusy(true);
        void cancel(order).finally(() => setBusy(false));
      }}
    >
      ✕
    </button>
  );
};

interface OpenOrdersProps {
  readonly portfolio: Portfolio;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** What of a portfolio still waits to be filled, and how it is ended. */
export const OpenOrders = ({ portfolio: { id }, nowMs }: OpenOrdersProps) => {
  const text = useTradeText();
  const { query, orders: all } = useOpenOrders();
  const { cancelAll } = useCancel();
  const [asking, setAsking] = useState(false);
  const close = useCallback(() => setAsking(false), []);
  const orders = all?.filter(({ portfolioId }) => portfolioId === id) ?? [];
  return (
    <section className="card orders" aria-labelledby="open-orders">
      <div className="panel-head">
        <h2 id="open-orders">
          <span>{text.openOrders}</span> {orders.length > 0 && <span className="count">{orders.length}</span>}
        </h2>
        {orders.length > 1 && (
          <button type="button" className="button small" onClick={() => setAsking(true)}>
            {text.cancelAll}
          </button>
        )}
      </div>
      <AskedOrders query={query} nowMs={nowMs}>
        {orders.length === 0 ? (
          <p className="none">{text.noOpenOrders}</p>
        ) : (
          <OrderTable
            label={text.openOrders}
            orders={orders}
            nowMs={nowMs}
            actionOf={(order, pair) => <CancelButton order={order} pair={pair} />}
          />
        )}
      </AskedOrders>
      {asking && (
        <Question
          title={text.askCancelAll(orders.length)}
          words={text.cancelAllWords}
          action={text.cancelAll}
          onConfirm={() => void cancelAll(id)}
          onClose={close}
        />
      )}
    </section>
  );
};
