import { Link } from '@tanstack/react-router';
import { grouped, shortened } from '@tickfolio/lib/look/amount';
import { memo } from 'react';
import { CoinBadge } from '../kit/coin-badge.js';
import { Icon } from '../kit/icon.js';
import { role } from '../rows/table-roles.js';
import { assetAddress } from '../text/asset-address.js';
import { exact } from '../text/exact.js';
import { Figure } from '../text/figure.js';
import { useMarketsText } from '../text/markets/use-markets-text.js';
import { besideName, nameAmong } from '../text/pair.js';
import { usePriceText } from '../text/use-price-text.js';
import { StarButton } from '../watchlist/star-button.js';
import { MarketChange } from './market-change.js';
import type { MarketColumn } from './market-columns.js';
import type { MarketRow } from './market-rows.js';
import { RangeBar } from './range-bar.js';
import { WeekLine } from './week/week-line.js';

/** What was traded in 24 hours, short for the eye and whole where one points at it; in USDT where that is known. */
const Volume = ({ row }: { readonly row: MarketRow }) => {
  const text = useMarketsText();
  const [amount, asset] =
    row.quoteVolumeUsdt24h === null ? [row.quoteVolume24h, row.quote] : [row.quoteVolumeUsdt24h, 'USDT'];
  return (
    <span className="digits" title={`${grouped(amount, text.numbers)} ${asset}`} translate="no">
      {shortened(exact(amount), text.numbers, text.sizes) + (asset === 'USDT' ? '' : ` ${asset}`)}
    </span>
  );
};

interface CellProps {
  readonly column: MarketColumn;
  readonly row: MarketRow;
  readonly week: readonly (string | null)[] | undefined;
}

const Cell = ({ column, row, week }: CellProps) => {
  switch (column) {
    case 'volume':
      return <Volume row={row} />;
    case 'range':
      return <RangeBar symbol={row.symbol} low24h={row.low24h} high24h={row.high24h} range24h={row.range24h} />;
    case 'week':
      return <WeekLine prices={week} />;
    default:
      return <MarketChange percent={row[`change${column}`]} />;
  }
};

interface MarketRowProps {
  readonly row: MarketRow;
  /** From the top of all rows, from 0. */
  readonly at: number;
  readonly columns: readonly MarketColumn[];
  readonly week: readonly (string | null)[] | undefined;
  readonly isHeld: boolean;
  /** Undefined where it cannot be held. */
  readonly onAdd: ((row: MarketRow) => void) | undefined;
}

/** One market. Its whole row leads to the asset; the arrow keys lead to what can be done with it. */
export const MarketTableRow = memo(({ row, at, columns, week, isHeld, onAdd }: MarketRowProps) => {
  const text = useMarketsText();
  const { asset, search } = assetAddress(row.symbol, row.quote.toLowerCase());
  const pair = besideName(row.name, row);
  const priceText = usePriceText(row.symbol);
  return (
    <tr
      className="market-row"
      // The heading is the first row.
      aria-rowindex={at + 2}
      data-row={row.symbol}
      {...role.row}
    >
      <th scope="row" className="cell-market" {...role.rowheader}>
        <Link to="/assets/$asset" params={{ asset }} search={search} className="coin-link">
          <CoinBadge asset={row.base} />
          <span className="coin-names">
            <span className="coin-name" translate="no">
              {row.name}
            </span>
            <span className="coin-symbol">
              {pair !== undefined && <span translate="no">{pair}</span>}
              {row.status === 'paused' && <span className="tag">{text.paused}</span>}
              {isHeld && <span className="tag plain">{text.held}</span>}
            </span>
          </span>
        </Link>
      </th>
      <td className="market-price num" {...role.cell}>
        <Figure>{priceText(row.price)}</Figure>
        {row.quote !== 'USDT' && (
          <span className="cell-unit" translate="no">
            {row.quote}
          </span>
        )}
      </td>
      {columns.map((column) => (
        <td
          key={column}
          className={`cell-${column} ${column === 'week' || column === 'range' ? '' : 'num'}`}
          {...role.cell}
        >
          <Cell column={column} row={row} week={week} />
        </td>
      ))}
      <td className="market-actions" {...role.cell}>
        <StarButton symbol={row.symbol} asset={row.base} name={nameAmong(row.name, row)} tabIndex={-1} />
        {onAdd && (
          <button
            type="button"
            className="icon-button"
            tabIndex={-1}
            aria-label={text.addTo(nameAmong(row.name, row))}
            onClick={() => onAdd(row)}
          >
            <Icon name="add" />
          </button>
        )}
      </td>
    </tr>
  );
});
