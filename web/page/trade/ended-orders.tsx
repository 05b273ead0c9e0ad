import { OrderTable } from '../orders/table/order-table.js';
import { useEndedOrders } from '../orders/use-orders.js';
import type { Portfolio } from '../portfolios/portfolio-calls.js';
import { useTradeText } from '../text/trade/use-trade-text.js';
import { AskedOrders } from './asked-orders.js';

interface EndedOrdersProps {
  readonly portfolio: Portfolio;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** What became of the orders of a portfolio, the newest first. */
export const EndedOrders = ({ portfolio: { id }, nowMs }: EndedOrdersProps) => {
  const text = useTradeText();
  const { query, orders = [] } = useEndedOrders(id);
  return (
    <section className="card orders" aria-labelledby="ended-orders">
      <div className="panel-head">
        <h2 id="ended-orders">{text.orderHistory}</h2>
      </div>
      <AskedOrders query={query} nowMs={nowMs}>
        {orders.length === 0 ? (
          <p className="none">{text.noneEnded}</p>
        ) : (
          <OrderTable label={text.orderHistory} orders={orders} nowMs={nowMs} hasEnded actionOf={() => null} />
        )}
        {query.hasNextPage && (
          <button
            type="button"
            className="button small more-orders"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {query.isFetchingNextPage ? text.working : text.moreOrders}
          </button>
        )}
      </AskedOrders>
    </section>
  );
};
