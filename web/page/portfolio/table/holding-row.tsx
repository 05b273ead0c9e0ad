import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { CoinBadge } from '../../kit/coin-badge.js';
import { PriceTag } from '../../kit/price-state.js';
import type { Holding } from '../../live/holdings.js';
import { isLacking } from '../../live/lacking.js';
import type { Row } from '../../live/portfolio-view.js';
import { role } from '../../rows/table-roles.js';
import { assetAddress } from '../../text/asset-address.js';
import { useText } from '../../text/language.js';
import { besideName, marketPair, nameAmong, pairLabel } from '../../text/pair.js';
import { FigureCells } from './cells.js';
import type { RowMenuOf } from './row-menu.js';
import type { Columns } from './use-columns.js';

const classOf = ({ stale, pending }: { readonly stale: boolean; readonly pending: boolean }) =>
  `${stale ? 'stale' : ''} ${pending ? 'pending' : ''}`;

/**
 * What there is to say of changes that are not kept yet, of markets whose part is not in the value beside them, and of
 * prices that are not of now.
 */
const StateTag = ({ rows }: { readonly rows: readonly Row[] }) => {
  const text = useText();
  if (rows.some(({ pending }) => pending)) return <span className="tag plain">{text.saving}</span>;
  const lacking = rows.filter(isLacking);
  if (lacking.length > 0 && lacking.length < rows.length) {
    return (
      <span className="tag" title={text.notInTotal(lacking.map(marketPair).join(', '))}>
        {text.valueWithout(lacking.map(marketPair))}
      </span>
    );
  }
  const old = rows.find(({ stale, priceText }) => stale && priceText);
  return old ? <PriceTag row={old} atMs={old.priceAtMs} /> : null;
};

/** The heading is the first row. */
const rowIndexOf = (at: number) => at + 2;

interface MarketRowProps {
  readonly row: Row;
  /** Of all rows of the table, from 0. */
  readonly at: number;
  readonly columns: Columns;
  readonly onMenu: (of: RowMenuOf) => void;
}

/** What is held of an asset through one of its markets. */
export const MarketRow = memo(({ row, at, columns, onMenu }: MarketRowProps) => {
  const { asset, search } = assetAddress(row.symbol, row.quote.toLowerCase());
  const pair = marketPair(row);
  const called = nameAmong(row.name, row, new Set([row.base]));
  return (
    <tr
      className={`holding-market ${classOf(row)}`}
      aria-rowindex={rowIndexOf(at)}
      data-row={row.symbol}
      data-market={row.symbol}
      {...role.row}
    >
      <th scope="row" className="cell-coin" {...role.rowheader}>
        <Link to="/assets/$asset" params={{ asset }} search={search} className="coin-link">
          <span className="coin-names">
            <span className="coin-name" translate="no">
              {pair}
            </span>
            <span className="coin-symbol">
              <StateTag rows={[row]} />
            </span>
          </span>
        </Link>
      </th>
      <FigureCells
        rows={[row]}
        amounts={row}
        columns={columns}
        receipt={{ symbol: row.symbol }}
        menu={{ rows: [row], called }}
        onMenu={onMenu}
      />
    </tr>
  );
});

interface HoldingRowProps {
  readonly holding: Holding;
  /** Of all rows of the table, from 0. */
  readonly at: number;
  readonly columns: Columns;
  /** Whether its markets stand below it. */
  readonly isOpen: boolean;
  readonly onOpen: (asset: string) => void;
  readonly onMenu: (of: RowMenuOf) => void;
}

/** One asset. Drawn anew only when something of it changed. */
export const HoldingRow = memo(({ holding, at, columns, isOpen, onOpen, onMenu }: HoldingRowProps) => {
  const text = useText();
  const { asset, name, rows } = holding;
  const [lead] = rows;
  const isOne = rows.length === 1;
  const { asset: address, search } = assetAddress(lead.symbol, lead.quote.toLowerCase());
  const called = isOne ? nameAmong(name, lead) : name;
  const beside = isOne ? besideName(name, lead) : besideName(name, { base: asset, quote: '' });
  // What has no price makes the figures of the others no older.
  const isOld = rows.some(({ stale, price }) => stale && (isOne || price !== undefined));
  const state = { stale: isOld, pending: rows.some(({ pending }) => pending) };
  return (
    <tr
      className={classOf(state)}
      aria-rowindex={rowIndexOf(at)}
      data-row={asset}
      data-asset={asset}
      data-symbol={lead.symbol}
      {...role.row}
    >
      <th scope="row" className="cell-coin" {...role.rowheader}>
        <Link to="/assets/$asset" params={{ asset: address }} search={search} className="coin-link">
          <CoinBadge asset={asset} />
          <span className="coin-names">
            <span className="coin-name" translate="no">
              {name}
            </span>
            <span className="coin-symbol">
              {beside !== undefined && <span translate="no">{beside}</span>}
              <StateTag rows={rows} />
            </span>
          </span>
        </Link>
        {!isOne && (
          <button
            type="button"
            className="markets-button"
            tabIndex={-1}
            aria-expanded={isOpen}
            aria-label={text.heldMarkets(rows.length, name)}
            title={rows.map(pairLabel).join(', ')}
            onClick={() => onOpen(asset)}
          >
            {rows.length}
          </button>
        )}
      </th>
      <FigureCells
        rows={rows}
        amounts={holding}
        columns={columns}
        receipt={{ asset }}
        menu={{ rows, called }}
        onMenu={onMenu}
      />
    </tr>
  );
});
