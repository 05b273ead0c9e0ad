import { ChangeMark } from '../../kit/change-mark.js';
import { Digits } from '../../kit/digits.js';
import { Icon } from '../../kit/icon.js';
import { leadNote } from '../../kit/lead-note.js';
import { NoPrice } from '../../kit/price-state.js';
import { Sparkline } from '../../kit/sparkline.js';
import type { Row } from '../../live/portfolio-view.js';
import { QuantityFigure } from '../../receipt/quantity-figure.js';
import { ReceiptButton } from '../../receipt/receipt-button.js';
import { role } from '../../rows/table-roles.js';
import type { ReceiptOf } from '../../shell/open-dialog.js';
import { Figure } from '../../text/figure.js';
import { useSpeaking } from '../../text/language.js';
import type { RowMenuOf } from './row-menu.js';
import type { Columns } from './use-columns.js';

interface PriceCellsProps {
  readonly row: Row;
  /** What is special about its change. */
  readonly note: string | undefined;
  readonly columns: Columns;
}

/** The price of a market, how it moved, and its trail. */
const PriceCells = ({ row, note, columns }: PriceCellsProps) => {
  return (
    <>
      <td className="cell-price num" {...role.cell}>
        {row.priceText ? (
          <Digits text={row.priceText} direction={row.direction} ticks={row.ticks} />
        ) : (
          <NoPrice row={row} />
        )}
        {row.quote !== 'USDT' && row.priceText && (
          <span className="cell-unit" translate="no">
            {row.quote}
          </span>
        )}
      </td>
      <td className="cell-change num" {...role.cell}>
        {row.priceDay ? <ChangeMark change={row.priceDay} percentOnly note={note} /> : <span className="none">–</span>}
      </td>
      {columns !== 'phone' && (
        <td className="cell-trail" {...role.cell}>
          <Sparkline symbol={row.symbol} />
        </td>
      )}
    </>
  );
};

/** What is held of something, and what that is worth. */
interface Amounts {
  /** Exact. */
  readonly quantity: string;
  readonly quantityText: string;
  readonly valueText: string | undefined;
  readonly share: string | undefined;
}

interface FigureCellsProps {
  /** Of the asset or the market; the first one's price it is. */
  readonly rows: readonly [Row, ...Row[]];
  readonly amounts: Amounts;
  readonly columns: Columns;
  readonly receipt: ReceiptOf;
  readonly menu: Omit<RowMenuOf, 'anchor'>;
  readonly onMenu: (of: RowMenuOf) => void;
}

/** Everything of a row behind its name. What is reached by arrows is no stop of Tab. */
export const FigureCells = ({ rows, amounts, columns, receipt, menu, onMenu }: FigureCellsProps) => {
  const { text, times } = useSpeaking();
  const { valueText, share } = amounts;
  const [row] = rows;
  return (
    <>
      <PriceCells row={row} note={leadNote(rows, text, times)} columns={columns} />
      {columns === 'all' && (
        <td className="cell-quantity num" {...role.cell}>
          <QuantityFigure of={amounts} />
        </td>
      )}
      <td className="cell-value num" {...role.cell}>
        {valueText ? (
          <span className="receipted">
            <ReceiptButton of={receipt} called={menu.called} tabIndex={-1} />
            <Figure className="strong" isPrivate>
              {valueText}
            </Figure>
          </span>
        ) : (
          <span className="none">–</span>
        )}
        {columns !== 'all' && <QuantityFigure of={amounts} unit={row.base} className="below-value" />}
      </td>
      {columns === 'all' && (
        <td className="cell-share num" {...role.cell}>
          <Figure>{share ?? '–'}</Figure>
        </td>
      )}
      <td className="cell-actions" {...role.cell}>
        <button
          type="button"
          className="icon-button"
          tabIndex={-1}
          aria-haspopup="menu"
          aria-label={text.rowActions(menu.called)}
          onClick={({ currentTarget }) => onMenu({ ...menu, anchor: currentTarget })}
        >
          <Icon name="more" />
        </button>
      </td>
    </>
  );
};
