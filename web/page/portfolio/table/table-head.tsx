import type { DayBasis } from '../../live/portfolio-view.js';
import { role } from '../../rows/table-roles.js';
import { useText } from '../../text/language.js';
import type { Order, OrderName } from './arrangement.js';
import { isAscending } from './table-search.js';
import type { Columns } from './use-columns.js';

interface HeadProps {
  readonly label: string;
  readonly className: string;
}

const PlainHead = ({ label, className }: HeadProps) => (
  <th scope="col" {...role.columnheader} className={className}>
    {label}
  </th>
);

interface SortHeadProps extends HeadProps {
  readonly by: OrderName;
  readonly table: TableHeadProps;
}

/** A heading that sorts by its column, and the other way round where that is sorted by already. */
const SortHead = ({ by, label, className, table: { columns, order, onOrder } }: SortHeadProps) => {
  if (columns === 'phone') return <PlainHead label={label} className={className} />;
  const isChosen = order.by === by;
  const direction = isAscending(order) ? 'ascending' : 'descending';
  return (
    <th scope="col" {...role.columnheader} className={className} aria-sort={isChosen ? direction : 'none'}>
      <button
        type="button"
        className="sort-button"
        onClick={() => onOrder({ by, isReversed: isChosen && !order.isReversed })}
      >
        {label}
      </button>
    </th>
  );
};

interface TableHeadProps {
  readonly columns: Columns;
  readonly dayBasis: DayBasis;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
}

/** What the columns are, which on a phone is read out only; there a field sorts. */
export const TableHead = (table: TableHeadProps) => {
  const { columns, dayBasis } = table;
  const text = useText();
  const change = dayBasis.sinceMs === undefined ? text.bases[dayBasis.basis] : text.change;
  return (
    <thead {...role.rowgroup}>
      <tr aria-rowindex={1} {...role.row}>
        <SortHead by="name" label={text.coin} className="cell-coin" table={table} />
        <SortHead by="price" label={text.price} className="cell-price num" table={table} />
        <SortHead by="change" label={change} className="cell-change num" table={table} />
        {columns !== 'phone' && <PlainHead label={text.trail} className="cell-trail" />}
        {columns === 'all' && <PlainHead label={text.quantity} className="cell-quantity num" />}
        <SortHead by="value" label={text.value} className="cell-value num" table={table} />
        {columns === 'all' && <PlainHead label={text.share} className="cell-share num" />}
        <td className="cell-actions" {...role.cell} />
      </tr>
    </thead>
  );
};
