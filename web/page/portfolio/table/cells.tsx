import { ChangeMark } from '../../kit/change-mark.js';
import { Digits } from '../../kit/digits.js';
import { Icon } from '../../kit/icon.js';
import { NoPrice } from '../../kit/price-state.js';
import { Sparkline } from '../../kit/sparkline.js';
import type { Row } from '../../live/portfolio-view.js';
import { ReceiptButton } from '../../receipt/receipt-button.js';
import type { ReceiptOf } from '../../shell/open-dialog.js';
import { Figure } from '../../text/figure.js';
import { useSpeaking, useText } from '../../text/language.js';
import type { RowMenuOf } from './row-menu.js';
import { role } from './table-roles.js';
import type { Columns } from './use-columns.js';

/** The price of a market, how it moved, and its trail. */
const PriceCells = ({ row, columns }: { readonly row: Row; readonly columns: Columns }) => {
  const { text, times } = useSpeaking();
  const note = row.daySinceMs === undefined ? undefined : text.onlySince(times.full(row.daySinceMs));
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
  readonly quantityText: string;
  readonly valueText: string | undefined;
  readonly share: string | undefined;
}

interface FigureCellsProps {
  /** Whose price it is. */
  readonly row: Row;
  readonly amounts: Amounts;
  readonly columns: Columns;
  readonly receipt: ReceiptOf;
  readonly menu: Omit<RowMenuOf, 'anchor'>;
  readonly onMenu: (of: RowMenuOf) => void;
}

/** Everything of a row behind its name. What is reached by arrows is no stop of Tab. */
export const FigureCells = ({ row, amounts, columns, receipt, menu, onMenu }: FigureCellsProps) => {
  const text = useText();
  const { quantityText, valueText, share } = amounts;
  return (
    <>
      <PriceCells row={row} columns={columns} />
      {columns === 'all' && (
        <td className="cell-quantity num" {...role.cell}>
          <Figure isPrivate>{quantityText}</Figure>
        </td>
      )}
      <td className="cell-value num" {...role.cell}>
        {valueText ? (
          <>
            <ReceiptButton of={receipt} called={menu.called} tabIndex={-1} />
            <Figure className="strong" isPrivate>
              {valueText}
            </Figure>
          </>
        ) : (
          <span className="none">–</span>
        )}
        {columns !== 'all' && <Figure className="below-value" isPrivate>{`${quantityText} ${row.base}`}</Figure>}
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
