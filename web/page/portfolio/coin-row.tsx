import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { Row } from '../live/portfolio-view.js';
import { timeUtc } from '../text/amount.js';
import { useText } from '../text/language.js';
import { ChangeMark } from './change-mark.js';
import { CoinBadge } from './coin-badge.js';
import { Digits } from './digits.js';
import { NoPrice, PriceTag } from './price-state.js';
import { Sparkline } from './sparkline.js';
import { role } from './table-roles.js';
import type { Columns } from './use-columns.js';

interface CoinRowProps {
  readonly row: Row;
  readonly columns: Columns;
  readonly onChange: (symbol: string) => void;
}

/** One coin. Drawn anew only when something of it changed. */
export const CoinRow = memo(({ row, columns, onChange }: CoinRowProps) => {
  const text = useText();
  return (
    <tr className={`${row.stale ? 'stale' : ''} ${row.pending ? 'pending' : ''}`} data-symbol={row.symbol} {...role.row}>
      <th scope="row" className="cell-coin" {...role.rowheader}>
        <Link to="/coins/$symbol" params={{ symbol: row.symbol }} className="coin-link">
          <CoinBadge asset={row.base} />
          <span className="coin-names">
            <span className="coin-name">{row.name}</span>
            <span className="coin-symbol">
              {row.base}
              {row.quote !== 'USDT' && <span className="quote">/{row.quote}</span>}
              {row.pending && <span className="tag">{text.saving}</span>}
              {!row.pending && row.stale && row.priceText && <PriceTag row={row} />}
            </span>
          </span>
        </Link>
      </th>
      <td className="cell-price num" {...role.cell}>
        {row.priceText ? <Digits text={row.priceText} direction={row.direction} ticks={row.ticks} /> : <NoPrice row={row} />}
        {row.quote !== 'USDT' && row.priceText && <span className="cell-unit"> {row.quote}</span>}
      </td>
      <td className="cell-today num" {...role.cell}>
        {row.today ? <ChangeMark change={row.today} percentOnly /> : <span className="none">–</span>}
        {row.todaySinceMs !== undefined && <span className="since">{text.since(timeUtc(row.todaySinceMs))}</span>}
      </td>
      {columns !== 'phone' && (
        <td className="cell-trail" {...role.cell}>
          <Sparkline symbol={row.symbol} />
        </td>
      )}
      {columns === 'all' && (
        <td className="cell-quantity num" {...role.cell}>
          <span className="digits" title={row.quantityText}>
            {row.quantityText}
          </span>
        </td>
      )}
      <td className="cell-value num" {...role.cell}>
        {row.valueText ? <span className="digits strong">{row.valueText}</span> : <span className="none">–</span>}
        {columns !== 'all' && (
          <span className="below-value digits">
            {row.quantityText} {row.base}
          </span>
        )}
      </td>
      {columns === 'all' && (
        <td className="cell-share num" {...role.cell}>
          <span className="digits">{row.share ?? '–'}</span>
        </td>
      )}
      <td className="cell-actions" {...role.cell}>
        <button type="button" className="icon-button" aria-label={text.actions(row.name)} onClick={() => onChange(row.symbol)}>
          <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
            <path d="M4 6h12M4 14h12M8 3.5v5M12 11.5v5" />
          </svg>
        </button>
      </td>
    </tr>
  );
});
