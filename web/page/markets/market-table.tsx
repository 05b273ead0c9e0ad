import { useMemo, useRef, useState } from 'react';
import type { Columns } from '../portfolio/table/use-columns.js';
import { remPx } from '../rows/rem-px.js';
import { useRowKeys } from '../rows/row-keys.js';
import { Rows } from '../rows/rows.js';
import type { ShowRow } from '../rows/rows-props.js';
import { role } from '../rows/table-roles.js';
import { useMarketsText } from '../text/markets/use-markets-text.js';
import type { MarketColumn } from './market-columns.js';
import { MarketTableRow } from './market-row.js';
import type { MarketRow } from './market-rows.js';
import type { MarketOrder, MarketSort } from './markets-search.js';
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

/** Of a row, in the letters that somebody chose in the browser; the style has the same. */
const rowRem: Readonly<Record<Columns, number>> = { all: 3, fewer: 3, phone: 4 };

/** All rows of a view, of which those in the window are drawn. */
export const MarketTable = (props: MarketTableProps) => {
  const { rows, columns, room, weeks, held, holdable, onAdd, ...sorting } = props;
  const text = useMarketsText();
  const table = useRef<HTMLTableElement>(null);
  const names = useMemo(() => rows.map(({ symbol }) => symbol), [rows]);
  const [focused, setFocused] = useState<string>();
  const show: ShowRow = useRef(undefined);
  const { keys, keep } = useRowKeys(table, { names, show, onRow: setFocused });
  return (
    <table
      className="market-table"
      aria-label={text.places.markets}
      aria-rowcount={rows.length + 1}
      ref={table}
      style={{ '--columns': gridOf(columns) } as object}
      {...keys}
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
      <Rows
        table={table}
        count={rows.length}
        rowPx={rowRem[room] * remPx()}
        keptAt={focused === undefined ? -1 : names.indexOf(focused)}
        show={show}
        isPrintedWhole={false}
        onDrawn={keep}
      >
        {(from, to) =>
          rows
            .slice(from, to)
            .map((row, place) => (
              <MarketTableRow
                key={row.symbol}
                row={row}
                at={from + place}
                columns={columns}
                week={weeks?.get(row.symbol)}
                isHeld={held.has(row.base)}
                onAdd={holdable.has(row.symbol) ? onAdd : undefined}
              />
            ))
        }
      </Rows>
    </table>
  );
};
