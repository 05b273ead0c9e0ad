import { type FocusEvent, useRef, useState } from 'react';
import { role } from '../portfolio/table/table-roles.js';
import type { Columns } from '../portfolio/table/use-columns.js';
import { useMarketsText } from '../text/markets/use-markets-text.js';
import type { MarketColumn } from './market-columns.js';
import { MarketTableRow } from './market-row.js';
import type { MarketRow } from './market-rows.js';
import type { MarketOrder, MarketSort } from './markets-search.js';
import { moveByArrows } from './rows/row-keys.js';
import { useRowWindow } from './rows/use-row-window.js';
import { gridOf } from './shown-columns.js';

interface Sorting {
  /** Undefined where rows stand as they were found. */
  readonly sort: MarketSort | undefined;
  readonly order: MarketOrder;
  readonly onSort: (sort: MarketSort) => void;
}

interface HeadCellProps extends Sorting {
  readonly name: string;
  readonly by: MarketSort;
  readonly className: string;
}

const HeadCell = ({ name, by, className, sort, order, onSort }: HeadCellProps) => (
  <th
    scope="col"
    className={className}
    aria-sort={sort !== by ? 'none' : order === 'asc' ? 'ascending' : 'descending'}
    {...role.columnheader}
  >
    <button type="button" className="sort-button" onClick={() => onSort(by)}>
      <span>{name}</span>
      {sort === by && <span aria-hidden="true">{order === 'asc' ? '▲' : '▼'}</span>}
    </button>
  </th>
);

interface MarketTableProps extends Sorting {
  readonly rows: readonly MarketRow[];
  readonly columns: readonly MarketColumn[];
  readonly room: Columns;
  readonly weeks: ReadonlyMap<string, readonly (string | null)[]> | undefined;
  /** Assets that are held. */
  readonly held: ReadonlySet<string>;
  /** Symbols that can be held. */
  readonly holdable: ReadonlySet<string>;
  readonly onAdd: (row: MarketRow) => void;
}

/** All rows of a view, of which those in the window are drawn. */
export const MarketTable = (props: MarketTableProps) => {
  const { rows, columns, room, weeks, held, holdable, onAdd, ...sorting } = props;
  const text = useMarketsText();
  const body = useRef<HTMLTableSectionElement>(null);
  const [focused, setFocused] = useState<string>();
  const focusedAt = focused === undefined ? -1 : rows.findIndex(({ symbol }) => symbol === focused);
  const shown = useRowWindow(body, rows.length, room, focusedAt < 0 ? undefined : focusedAt);
  const noteFocus = ({ target }: FocusEvent) => {
    const at = target.closest<HTMLElement>('tr[data-at]')?.dataset.at;
    setFocused(at === undefined ? undefined : rows[Number(at)]?.symbol);
  };
  return (
    <table
      className="market-table"
      aria-label={text.places.markets}
      aria-rowcount={rows.length + 1}
      style={{ '--columns': gridOf(columns) } as object}
      {...role.table}
    >
      <thead {...role.rowgroup}>
        <tr aria-rowindex={1} {...role.row}>
          <HeadCell name={text.asset} by="name" className="cell-market" {...sorting} />
          <HeadCell name={text.price} by="price" className="market-price num" {...sorting} />
          {columns.map((column) =>
            column === 'week' ? (
              <th key={column} scope="col" className="cell-week" {...role.columnheader}>
                {text.marketColumns.week}
              </th>
            ) : (
              <HeadCell
                key={column}
                name={text.marketColumns[column]}
                by={column}
                className={`cell-${column} ${column === 'range' ? '' : 'num'}`}
                {...sorting}
              />
            ),
          )}
          <td className="market-actions" {...role.cell} />
        </tr>
      </thead>
      <tbody
        ref={body}
        style={{ height: shown.heightPx }}
        onKeyDown={moveByArrows}
        onFocus={noteFocus}
        onBlur={() => setFocused(undefined)}
        {...role.rowgroup}
      >
        {shown.rows.map(({ at, topPx }) => {
          const row = rows[at];
          return (
            row && (
              <MarketTableRow
                key={row.symbol}
                row={row}
                at={at}
                topPx={topPx}
                columns={columns}
                week={weeks?.get(row.symbol)}
                isHeld={held.has(row.base)}
                onAdd={holdable.has(row.symbol) ? onAdd : undefined}
              />
            )
          );
        })}
      </tbody>
    </table>
  );
};
