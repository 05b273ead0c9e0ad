import { Link } from '@tanstack/react-router';
import { shortQuantity } from '@tickfolio/lib/look/amount';
import { memo, type ReactNode } from 'react';
import { role } from '../../rows/table-roles.js';
import { Figure } from '../../text/figure.js';
import { useSpeaking } from '../../text/language.js';
import { marketPair, type Pair } from '../../text/pair.js';
import { useTradeText } from '../../text/trade/use-trade-text.js';
import { usePriceText } from '../../text/use-price-text.js';
import type { Order } from '../order-calls.js';
import { filledPercent, reasonOf, stateOf } from '../order-words.js';
import { FillsButton } from '../receipt/fills-button.js';
import { usePairs } from '../use-pairs.js';

/** How much of it is filled, as far as a line can show it; words beside it say how much. */
const FilledBar = ({ percent }: { readonly percent: number }) => (
  <svg viewBox="0 0 100 4" preserveAspectRatio="none" className="filled-bar" aria-hidden="true">
    <path d="M0 2H100" className="filled-rest" />
    {percent > 0 && <path d={`M0 2H${percent}`} className="filled-part" />}
  </svg>
);

interface OrderRowProps {
  readonly order: Order;
  readonly pair: Pair;
  /** Of now, epoch milliseconds: decides what today is. */
  readonly nowMs: number;
  readonly hasEnded: boolean;
  readonly children: ReactNode;
}

const Price = ({ order, hasEnded }: { readonly order: Order; readonly hasEnded: boolean }) => {
  const text = useTradeText();
  const written = usePriceText(order.symbol);
  const { price, stopPrice, averagePrice } = order;
  if (hasEnded && averagePrice !== null) return <Figure>{shortQuantity(averagePrice, text.numbers)}</Figure>;
  return (
    <>
      {price === null ? <span>{text.marketPrice}</span> : <Figure>{written(price)}</Figure>}
      {stopPrice !== null && <Figure className="below-value">{text.fromOn(written(stopPrice))}</Figure>}
    </>
  );
};

const Filled = ({ order, pair }: { readonly order: Order; readonly pair: Pair }) => {
  const text = useTradeText();
  const { quantity, quoteQuantity, filledQuantity, filledQuote } = order;
  const [part, whole, asset] =
    quantity === null ? [filledQuote, quoteQuantity ?? '0', pair.quote] : [filledQuantity, quantity, pair.base];
  const shown = (amount: string) => shortQuantity(amount, text.numbers);
  return (
    <>
      <span className="receipted">
        <FillsButton order={order} pair={pair} />
        <Figure isPrivate>{`${text.filledPart(shown(part), shown(whole))} ${asset}`}</Figure>
      </span>
      <FilledBar percent={filledPercent(order)} />
    </>
  );
};

const OrderRow = memo(({ order, pair, nowMs, hasEnded, children }: OrderRowProps) => {
  const { times } = useSpeaking();
  const text = useTradeText();
  const placedMs = Date.parse(order.createdAt);
  const reason = reasonOf(order, text);
  return (
    <tr data-order={order.id} {...role.row}>
      <th scope="row" {...role.rowheader}>
        <span className="order-name">
          <span className={order.side === 'BUY' ? 'order-side up' : 'order-side down'}>{text.sides[order.side]}</span>{' '}
          <Link to="/trade/$symbol" params={{ symbol: order.symbol }} translate="no">
            {marketPair(pair)}
          </Link>
        </span>
        <span className="below-value">
          {order.timeInForce === null || order.timeInForce === 'GTC'
            ? text.orderTypes[order.type]
            : `${text.orderTypes[order.type]} · ${order.timeInForce}`}
        </span>
      </th>
      <td className="num cell-price" {...role.cell}>
        <Price order={order} hasEnded={hasEnded} />
      </td>
      <td className="num cell-filled" {...role.cell}>
        <Filled order={order} pair={pair} />
      </td>
      <td className="cell-state" {...role.cell}>
        <span>{stateOf(order, text)}</span>
        {reason !== undefined && <span className="below-value">{reason}</span>}
        {!order.settled && <span className="below-value">{text.notBooked}</span>}
      </td>
      <td className="num cell-placed" {...role.cell}>
        <Figure title={times.full(placedMs)}>{times.near(placedMs, nowMs)}</Figure>
      </td>
      <td className="cell-action" {...role.cell}>
        {children}
      </td>
    </tr>
  );
});

interface OrderTableProps {
  readonly label: string;
  readonly orders: readonly Order[];
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly hasEnded?: boolean;
  /** What can be done with one. */
  readonly actionOf: (order: Order, pair: Pair) => ReactNode;
}

/** Orders, a row each. */
export const OrderTable = ({ label, orders, nowMs, hasEnded = false, actionOf }: OrderTableProps) => {
  const text = useTradeText();
  const pairs = usePairs();
  const heads = [
    [text.order, ''],
    [hasEnded ? text.averagePrice : text.orderPrice, 'num cell-price'],
    [text.filledOf, 'num cell-filled'],
    [text.state, 'cell-state'],
    [text.placedAt, 'num cell-placed'],
  ] as const;
  return (
    <table className="order-table" aria-label={label} {...role.table}>
      <thead {...role.rowgroup}>
        <tr {...role.row}>
          {heads.map(([words, className]) => (
            <th key={words} scope="col" className={className} {...role.columnheader}>
              {words}
            </th>
          ))}
          <td className="cell-action" {...role.cell} />
        </tr>
      </thead>
      <tbody {...role.rowgroup}>
        {orders.map((order) => {
          const pair = pairs(order.symbol);
          return (
            <OrderRow key={order.id} {...{ order, pair, nowMs, hasEnded }}>
              {actionOf(order, pair)}
            </OrderRow>
          );
        })}
      </tbody>
    </table>
  );
};
