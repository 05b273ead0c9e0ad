import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { ChangeMark } from '../../kit/change-mark.js';
import { CoinBadge } from '../../kit/coin-badge.js';
import { Digits } from '../../kit/digits.js';
import { NoPrice, PriceTag } from '../../kit/price-state.js';
import { Sparkline } from '../../kit/sparkline.js';
import type { Row } from '../../live/portfolio-view.js';
import { ReceiptButton } from '../../receipt/receipt-button.js';
import { assetAddress } from '../../text/asset-address.js';
import { Figure } from '../../text/figure.js';
import { useSpeaking } from '../../text/language.js';
import { besideName } from '../../text/pair.js';
import { role } from './table-roles.js';
import type { Columns } from './use-columns.js';

interface CoinRowProps {
  readonly row: Row;
  readonly columns: Columns;
  /** What it is called among all rows. */
  readonly called: string;
  readonly onChange: (symbol: string) => void;
}

/** One coin. Drawn anew only when something of it changed. */
export const CoinRow = memo(({ row, columns, called, onChange }: CoinRowProps) => {
  const { text, times } = useSpeaking();
  const pair = besideName(row.name, row);
  const { asset, search } = assetAddress(row.symbol, row.quote.toLowerCase());
  const note = row.daySinceMs === undefined ? undefined : text.onlySince(times.full(row.daySinceMs));
  return (
    <tr
      className={`${row.stale ? 'stale' : ''} ${row.pending ? 'pending' : ''}`}
      data-symbol={row.symbol}
      {...role.row}
    >
      <th scope="row" className="cell-coin" {...role.rowheader}>
        <Link to="/assets/$asset" params={{ asset }} search={search} className="coin-link">
          <CoinBadge asset={row.base} />
          <span className="coin-names">
            <span className="coin-name" translate="no">
              {row.name}
            </span>
            <span className="coin-symbol">
              {pair !== undefined && <span translate="no">{pair}</span>}
              {row.pending && <span className="tag plain">{text.saving}</span>}
              {!row.pending && row.stale && row.priceText && <PriceTag row={row} />}
            </span>
          </span>
        </Link>
      </th>
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
      {columns === 'all' && (
        <td className="cell-quantity num" {...role.cell}>
          <Figure isPrivate>{row.quantityText}</Figure>
        </td>
      )}
      <td className="cell-value num" {...role.cell}>
        {row.valueText ? (
          <>
            <ReceiptButton symbol={row.symbol} called={called} />
            <Figure className="strong" isPrivate>
              {row.valueText}
            </Figure>
          </>
        ) : (
          <span className="none">–</span>
        )}
        {columns !== 'all' && <Figure className="below-value" isPrivate>{`${row.quantityText} ${row.base}`}</Figure>}
      </td>
      {columns === 'all' && (
        <td className="cell-share num" {...role.cell}>
          <Figure>{row.share ?? '–'}</Figure>
        </td>
      )}
      <td className="cell-actions" {...role.cell}>
        <button
          type="button"
          className="icon-button"
          aria-label={text.actions(called)}
          onClick={() => onChange(row.symbol)}
        >
          <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
            <path d="M4 6h12M4 14h12M8 3.5v5M12 11.5v5" />
          </svg>
        </button>
      </td>
    </tr>
  );
});
