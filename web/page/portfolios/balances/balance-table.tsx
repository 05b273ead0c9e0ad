import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { CoinBadge } from '../../kit/coin-badge.js';
import { Digits } from '../../kit/digits.js';
import { OldTag } from '../../kit/price-state.js';
import { QuantityFigure } from '../../receipt/quantity-figure.js';
import { ReceiptButton } from '../../receipt/receipt-button.js';
import { role } from '../../rows/table-roles.js';
import { Figure } from '../../text/figure.js';
import { besideName } from '../../text/pair.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { areSame, type BalanceRow } from './balance-rows.js';

/** How much of it is reserved, as far as a line can show it; words beside it say how much. */
const ReservedBar = ({ percent }: { readonly percent: number }) => (
  <svg viewBox="0 0 100 4" preserveAspectRatio="none" className="reserved-bar" aria-hidden="true">
    <path d="M0 2H100" className="reserved-rest" />
    <path d={`M${100 - percent} 2H100`} className="reserved-part" />
  </svg>
);

const Name = ({ row: { asset, name, isCash } }: { readonly row: BalanceRow }) => {
  const text = usePortfoliosText();
  const beside = besideName(name, { base: asset, quote: '' });
  const names = (
    <>
      <CoinBadge asset={asset} />
      <span className="coin-names" translate="no">
        <span className="coin-name">{name}</span>
        <span className="coin-symbol">
          {beside !== undefined && <span>{beside}</span>}
          {isCash && (
            <span className="tag plain" translate="yes">
              {text.cash}
            </span>
          )}
        </span>
      </span>
    </>
  );
  // Money has no page of its own.
  if (isCash) return <span className="coin-link">{names}</span>;
  return (
    <Link to="/assets/$asset" params={{ asset }} className="coin-link">
      {names}
    </Link>
  );
};

const Price = ({ row: { priceText, direction, ticks, isOld, oldSinceMs } }: { readonly row: BalanceRow }) => {
  const text = usePortfoliosText();
  if (priceText === undefined) return <span className="none">–</span>;
  return (
    <>
      <Digits text={priceText} direction={direction} ticks={ticks} />
      {isOld && <OldTag word={text.oldPrice} atMs={oldSinceMs} />}
    </>
  );
};

/** Of an asset; drawn anew only where something of it is shown otherwise, however often another price comes. */
const Balance = memo(
  ({ row, portfolioId }: { readonly row: BalanceRow; readonly portfolioId: string }) => {
    const text = usePortfoliosText();
    return (
      <tr data-asset={row.asset} className={row.isOld ? 'stale' : ''} {...role.row}>
        <th scope="row" {...role.rowheader}>
          <Name row={row} />
        </th>
        <td className="num cell-price" {...role.cell}>
          <Price row={row} />
        </td>
        <td className="num cell-quantity" {...role.cell}>
          <QuantityFigure of={row} />
          {row.reserved && (
            <>
              <ReservedBar percent={row.reserved.percent} />
              <Figure className="below-value" isPrivate>
                {text.reservedOf(row.reserved.text)}
              </Figure>
            </>
          )}
        </td>
        <td className="num cell-value" {...role.cell}>
          {row.valueText === undefined ? (
            <span className="none">–</span>
          ) : (
            <span className="receipted">
              <ReceiptButton of={{ asset: row.asset }} portfolioId={portfolioId} called={row.name} />
              <Figure className="strong" isPrivate>
                {`${row.valueText} USDT`}
              </Figure>
            </span>
          )}
        </td>
        <td className="num cell-share" {...role.cell}>
          <Figure>{row.share ?? '–'}</Figure>
        </td>
      </tr>
    );
  },
  ({ row: before }, { row }) => areSame(before, row),
);

interface BalanceTableProps {
  readonly portfolioId: string;
  /** Of the portfolio. */
  readonly name: string;
  readonly rows: readonly BalanceRow[];
  /** What is said where nothing has a value. */
  readonly whyNoValues: string;
}

/** What is in a portfolio, a row an asset: 1,000 at most, mostly a few. */
export const BalanceTable = ({ portfolioId, name, rows, whyNoValues }: BalanceTableProps) => {
  const text = usePortfoliosText();
  const isValued = rows.some(({ value }) => value !== undefined);
  return (
    <section className="card balances">
      <table className="balance-table" aria-label={text.inPortfolio(name)} {...role.table}>
        <thead {...role.rowgroup}>
          <tr {...role.row}>
            <th scope="col" {...role.columnheader}>
              {text.coin}
            </th>
            <th scope="col" className="num cell-price" {...role.columnheader}>
              {text.price}
            </th>
            <th scope="col" className="num cell-quantity" {...role.columnheader}>
              {text.quantity}
            </th>
            <th scope="col" className="num cell-value" {...role.columnheader}>
              {text.value}
            </th>
            <th scope="col" className="num cell-share" {...role.columnheader}>
              {text.share}
            </th>
          </tr>
        </thead>
        <tbody {...role.rowgroup}>
          {rows.map((row) => (
            <Balance key={row.asset} row={row} portfolioId={portfolioId} />
          ))}
        </tbody>
      </table>
      {!isValued && <p className="portfolio-note">{whyNoValues}</p>}
    </section>
  );
};
