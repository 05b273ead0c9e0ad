import { money } from '@tickfolio/lib/look/amount';
import { add, zero } from '@tickfolio/lib/money';
import { Suspense, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useChoice } from '../../display/choice.js';
import { dustChoice } from '../../display/choices.js';
import { latePart } from '../../kit/late-part.js';
import type { Holding } from '../../live/holdings.js';
import { isLacking, namesAmong } from '../../live/lacking.js';
import type { DayBasis } from '../../live/portfolio-view.js';
import { remPx } from '../../rows/rem-px.js';
import { useRowKeys } from '../../rows/row-keys.js';
import { placeOf, stopAt } from '../../rows/row-stops.js';
import { Rows } from '../../rows/rows.js';
import type { ShowRow } from '../../rows/rows-props.js';
import { role } from '../../rows/table-roles.js';
import { exact } from '../../text/exact.js';
import { Figure } from '../../text/figure.js';
import { useText } from '../../text/language.js';
import { TotalLacks } from '../../text/total-lacks.js';
import type { ChangeOf } from '../changes/change-coin-dialog.js';
import { createArrangement } from './arrangement.js';
import { useFigureWidths } from './figure-widths.js';
import { HoldingRow, MarketRow } from './holding-row.js';
import { HoldingsHead } from './holdings-head.js';
import type { RowMenuOf } from './row-menu.js';
import { TableHead } from './table-head.js';
import { rowsOf } from './table-rows.js';
import { useTableSearch } from './table-search.js';
import { type Columns, useColumns } from './use-columns.js';

const RowMenu = latePart(() => import('./row-menu.js').then(({ RowMenu: found }) => found));

interface FootProps {
  readonly shown: readonly Holding[];
  /** Of all holdings. */
  readonly count: number;
  /** Whether nothing else on the page says what is not in the total. */
  readonly isAlone: boolean;
  /** Not undefined where there are more rows than are drawn. */
  readonly onAll: (() => void) | undefined;
}

/**
 * What of the holdings is shown, what that is worth together, and what is not in that; where it is everything the total
 * says so.
 */
const Foot = ({ shown, count, isAlone, onAll }: FootProps) => {
  const text = useText();
  const rows = shown.flatMap((holding) => holding.rows);
  const lacking = namesAmong(rows.filter(isLacking), rows);
  // Where nothing has a price yet, each row says so.
  const isPartly = lacking.length > 0 && shown.some(({ value }) => value !== undefined);
  const isSummed = shown.length < count || (isAlone && isPartly);
  if (!isSummed && !onAll) return null;
  const sum = shown.reduce((before, { value }) => (value === undefined ? before : add(before, exact(value))), zero);
  return (
    <div className="holdings-foot">
      {onAll && (
        <button type="button" className="button small" onClick={onAll}>
          {text.showAll(shown.length)}
        </button>
      )}
      {isSummed && (
        <div>
          <p>
            <span role="status">{text.shownOf(shown.length, count)}</span>{' '}
            <Figure className="strong" isPrivate>{`${money(sum, text.numbers)} USDT`}</Figure>
          </p>
          <TotalLacks coins={lacking} />
        </div>
      )}
    </div>
  );
};

/** Which assets have their markets below them, and a function that opens or closes one. */
const useOpenAssets = () => {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((asset: string) => {
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(asset)) next.add(asset);
      return next;
    });
  }, []);
  return [open, toggle] as const;
};

/** Stands beside the button that opened it, also where that is made anew with its row; undefined where it is gone. */
const besideRow = (menu: RowMenuOf | undefined): RowMenuOf | undefined => {
  if (!menu || menu.anchor.isConnected) return menu;
  const place = placeOf(menu.anchor);
  const anchor = place && stopAt(document, place);
  return anchor && { ...menu, anchor };
};

/** Of the open menu of a row. */
const useOpenMenu = () => {
  const [menu, setMenu] = useState<RowMenuOf>();
  // The button of an open menu closes it.
  const toggle = useCallback(
    (of: RowMenuOf) => setMenu((before) => (before?.anchor === of.anchor ? undefined : of)),
    [],
  );
  return [menu, setMenu, toggle] as const;
};

/** How high rows are likely to be, in letters of the browser; long figures need more. */
const rowRem: Readonly<Record<Columns, number>> = { all: 2.75, fewer: 3.1, phone: 5 };

interface HoldingsTableProps {
  readonly holdings: readonly Holding[];
  readonly dayBasis: DayBasis;
  /** How many rows there are until somebody asks for all. Default all. */
  readonly most?: number;
  readonly onChange: (of: ChangeOf) => void;
  readonly onAdd: () => void;
}

/** What is held, a row an asset. */
export const HoldingsTable = ({ holdings, dayBasis, most, onChange, onAdd }: HoldingsTableProps) => {
  const columns = useColumns();
  const { order, find, askOrder, askFind } = useTableSearch();
  const hidesDust = useChoice(dustChoice) === 'hidden';
  const [arrange] = useState(createArrangement);
  const { shown, dust } = useMemo(
    () => arrange(holdings, { order, find, hidesDust }),
    [arrange, holdings, order, find, hidesDust],
  );
  const [open, toggle] = useOpenAssets();
  const [menu, setMenu, onMenu] = useOpenMenu();
  const [isWhole, setWhole] = useState(most === undefined);
  const listed = useMemo(() => (isWhole ? shown : shown.slice(0, most)), [shown, isWhole, most]);
  const table = useRef<HTMLTableElement>(null);
  const rows = useMemo(() => rowsOf(listed, open), [listed, open]);
  const names = useMemo(() => rows.map(({ name }) => name), [rows]);
  const [focused, setFocused] = useState<string>();
  const show: ShowRow = useRef(undefined);
  const { keys, keep } = useRowKeys(table, { names, show, onRow: setFocused });
  const holdingOf = useMemo(() => new Map(listed.map((holding) => [holding.asset, holding])), [listed]);
  const widths = useFigureWidths(shown, columns);
  // An open menu stands beside its row, and gives the focus back to it.
  const kept = menu?.anchor.closest('tr')?.dataset.row ?? focused;
  const onDrawn = useCallback(() => {
    keep();
    if (menu && !menu.anchor.isConnected) setMenu(besideRow);
  }, [keep, menu, setMenu]);
  useLayoutEffect(onDrawn);
  return (
    <section className="card holdings" aria-labelledby="holdings-title">
      <HoldingsHead
        count={holdings.length}
        dust={dust}
        find={find}
        order={order}
        hasSortField={columns === 'phone'}
        onFind={askFind}
        onOrder={askOrder}
        onAdd={onAdd}
      />
      <table
        ref={table}
        className="coins"
        aria-labelledby="holdings-title"
        aria-rowcount={rows.length + 1}
        style={widths}
        {...keys}
        {...role.table}
      >
        <TableHead columns={columns} dayBasis={dayBasis} order={order} onOrder={askOrder} />
        <Rows
          table={table}
          count={rows.length}
          rowPx={rowRem[columns] * remPx()}
          isPrintedWhole={true}
          keptAt={kept === undefined ? -1 : names.indexOf(kept)}
          show={show}
          onDrawn={onDrawn}
        >
          {(from, to) =>
            rows.slice(from, to).map(({ name, asset, symbol }, place) => {
              const holding = holdingOf.get(asset);
              const row = holding?.rows.find((one) => one.symbol === symbol);
              if (row) return <MarketRow key={name} row={row} at={from + place} columns={columns} onMenu={onMenu} />;
              return (
                holding && (
                  <HoldingRow
                    key={name}
                    holding={holding}
                    at={from + place}
                    columns={columns}
                    isOpen={open.has(asset)}
                    onOpen={toggle}
                    onMenu={onMenu}
                  />
                )
              );
            })
          }
        </Rows>
      </table>
      <Foot
        shown={shown}
        count={holdings.length}
        isAlone={most === undefined}
        onAll={listed.length < shown.length ? () => setWhole(true) : undefined}
      />
      <Suspense>
        {menu && <RowMenu key={menu.called} of={menu} onChange={onChange} onClose={() => setMenu(undefined)} />}
      </Suspense>
    </section>
  );
};
