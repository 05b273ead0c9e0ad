import { useMemo, useRef, useState } from 'react';
import { useChoice } from '../../display/choice.js';
import { basisChoice } from '../../display/choices.js';
import type { DayBasis, Row } from '../../live/portfolio-view.js';
import { useText } from '../../text/language.js';
import { basesHeldTwice, nameAmong } from '../../text/pair.js';
import { createHeldOrder, type Order, orders } from './coin-order.js';
import { CoinRow } from './coin-row.js';
import { role } from './table-roles.js';
import { useColumns } from './use-columns.js';
import { useRowsInSight } from './use-sight.js';

interface CoinTableProps {
  readonly rows: readonly Row[];
  readonly dayBasis: DayBasis;
  readonly onChange: (symbol: string) => void;
  readonly onAdd: () => void;
}

export const CoinTable = ({ rows, dayBasis, onChange, onAdd }: CoinTableProps) => {
  const text = useText();
  const [order, setOrder] = useState<Order>('value');
  const columns = useColumns();
  const basis = useChoice(basisChoice);
  const body = useRef<HTMLTableSectionElement>(null);
  const [inHeldOrder] = useState(createHeldOrder);
  const sorted = useRowsInSight(
    useMemo(() => inHeldOrder(rows, order), [inHeldOrder, rows, order]),
    body,
  );
  const twice = basesHeldTwice(rows);
  return (
    <section className="card holdings" aria-labelledby="holdings-title">
      <div className="holdings-head">
        <h2 id="holdings-title">
          <span>{text.holdings}</span> <span className="count">{rows.length}</span>
        </h2>
        {rows.length > 1 && (
          <label className="sort">
            <span>{text.sort}</span>
            <select value={order} onChange={(event) => setOrder(event.target.value as Order)}>
              {orders.map((name) => (
                <option key={name} value={name}>
                  {text.sortBy[name]}
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="button" className="button primary" onClick={onAdd}>
          {text.addCoin}
        </button>
      </div>
      <table className="coins" aria-labelledby="holdings-title" {...role.table}>
        <thead {...role.rowgroup}>
          <tr {...role.row}>
            <th scope="col" {...role.columnheader}>
              {text.coin}
            </th>
            <th scope="col" {...role.columnheader} className="cell-price num">
              {text.price}
            </th>
            <th scope="col" {...role.columnheader} className="cell-change num">
              {dayBasis.sinceMs === undefined ? text.bases[basis] : text.change}
            </th>
            {columns !== 'phone' && (
              <th scope="col" {...role.columnheader} className="cell-trail">
                {text.trail}
              </th>
            )}
            {columns === 'all' && (
              <th scope="col" {...role.columnheader} className="cell-quantity num">
                {text.quantity}
              </th>
            )}
            <th scope="col" {...role.columnheader} className="cell-value num">
              {text.value}
            </th>
            {columns === 'all' && (
              <th scope="col" {...role.columnheader} className="cell-share num">
                {text.share}
              </th>
            )}
            <td className="cell-actions" {...role.cell} />
          </tr>
        </thead>
        <tbody ref={body} {...role.rowgroup}>
          {sorted.map((row) => (
            <CoinRow
              key={row.symbol}
              row={row}
              columns={columns}
              called={nameAmong(row.name, row, twice)}
              onChange={onChange}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
};
