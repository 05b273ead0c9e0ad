import { Link } from '@tanstack/react-router';
import { PriceTag } from '../kit/price-state.js';
import type { PortfolioView, Row } from '../live/portfolio-view.js';
import { someCoins } from '../portfolio/total-lacks.js';
import { assetAddress } from '../text/asset-address.js';
import { useSpeaking, useText } from '../text/language.js';
import { nameAmong, pairLabel } from '../text/pair.js';
import { type Notice, noticesOf } from './attention.js';

/** So many are told one by one; the table marks the others. */
const maxNotices = 6;

interface AboutCoinProps {
  readonly row: Row;
  /** Of the newest frame, epoch milliseconds. */
  readonly asOfMs: number;
}

const AboutCoin = ({ row, asOfMs }: AboutCoinProps) => {
  const { text, times } = useSpeaking();
  const { asset, search } = assetAddress(row.symbol, row.quote.toLowerCase());
  return (
    <>
      <Link to="/assets/$asset" params={{ asset }} search={search}>
        <span translate="no">{nameAmong(row.name, row)}</span>
      </Link>{' '}
      <PriceTag row={row} />{' '}
      {row.priceAtMs !== undefined && row.value !== undefined && (
        <span className="notice-detail" title={times.full(row.priceAtMs)}>
          {text.lastPriceAt(times.near(row.priceAtMs, asOfMs))}
        </span>
      )}
    </>
  );
};

const keyOf = (notice: Notice): string => ('row' in notice ? notice.row.symbol : notice.kind);

const NoticeLine = ({ notice, asOfMs }: { readonly notice: Notice; readonly asOfMs: number }) => {
  const { text, times } = useSpeaking();
  if (notice.kind === 'simulated') return <span>{text.madeUpPrices}</span>;
  if (notice.kind === 'young') {
    const coins = someCoins(notice.rows.map(pairLabel), text);
    return (
      <span title={times.full(notice.sinceMs)}>{text.youngHistory(coins, times.near(notice.sinceMs, asOfMs))}</span>
    );
  }
  return <AboutCoin row={notice.row} asOfMs={asOfMs} />;
};

/** What somebody should know before believing the total; not there where there is nothing. */
export const AttentionList = ({ view }: { readonly view: PortfolioView }) => {
  const text = useText();
  const notices = noticesOf(view);
  if (notices.length === 0) return null;
  const more = notices.length - maxNotices;
  return (
    <section className="card attention" aria-labelledby="attention-title">
      <h2 id="attention-title">
        <span>{text.attention}</span> <span className="count">{notices.length}</span>
      </h2>
      <ul>
        {notices.slice(0, maxNotices).map((notice) => (
          <li key={keyOf(notice)} className={`notice ${notice.kind}`}>
            <NoticeLine notice={notice} asOfMs={view.asOfMs} />
          </li>
        ))}
      </ul>
      {more > 0 && <p className="notice-detail">{text.andMore(more)}</p>}
    </section>
  );
};
