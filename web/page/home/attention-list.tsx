import { Link } from '@tanstack/react-router';
import { PriceTag } from '../kit/price-state.js';
import type { Holding } from '../live/holdings.js';
import type { Row } from '../live/portfolio-view.js';
import { assetAddress } from '../text/asset-address.js';
import { useHomeText } from '../text/home/use-home-text.js';
import { useSpeaking } from '../text/language.js';
import { marketPair, nameAmong } from '../text/pair.js';
import { someCoins } from '../text/total-lacks.js';
import { type Notice, noticesOf } from './attention.js';

/** So many are told one by one; the table marks the others. */
const maxNotices = 6;

interface AboutCoinProps {
  readonly holding: Holding;
  /** Its markets of which this is so. */
  readonly rows: readonly [Row, ...Row[]];
  /** Of the newest frame, epoch milliseconds. */
  readonly asOfMs: number;
}

/** By its only market, by itself where it is so of all of them, else by itself and those of which it is. */
const nameOf = ({ name, rows: all }: Holding, rows: readonly [Row, ...Row[]]): string => {
  if (all.length === 1) return nameAmong(name, rows[0]);
  return rows.length === all.length ? name : `${name} ${rows.map(marketPair).join(', ')}`;
};

const AboutCoin = ({ holding, rows, asOfMs }: AboutCoinProps) => {
  const [row] = rows;
  const { times } = useSpeaking();
  const text = useHomeText();
  const { asset, search } = assetAddress(row.symbol, row.quote.toLowerCase());
  return (
    <>
      <Link to="/assets/$asset" params={{ asset }} search={search}>
        <span translate="no">{nameOf(holding, rows)}</span>
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

const keyOf = (notice: Notice): string => ('holding' in notice ? notice.holding.asset : notice.kind);

const NoticeLine = ({ notice, asOfMs }: { readonly notice: Notice; readonly asOfMs: number }) => {
  const { times } = useSpeaking();
  const text = useHomeText();
  if (notice.kind === 'simulated') return <span>{text.madeUpPrices}</span>;
  if (notice.kind === 'orders')
    return (
      <Link to="/trade/$symbol" params={{ symbol: notice.symbol }}>
        {text.ordersWaiting(notice.count)}
      </Link>
    );
  if (notice.kind === 'young') {
    const coins = someCoins(
      notice.holdings.map(({ asset }) => asset),
      text,
    );
    return (
      <span title={times.full(notice.sinceMs)}>{text.youngHistory(coins, times.near(notice.sinceMs, asOfMs))}</span>
    );
  }
  return <AboutCoin holding={notice.holding} rows={notice.rows} asOfMs={asOfMs} />;
};

interface AttentionListProps {
  readonly holdings: readonly Holding[];
  readonly simulated: boolean;
  /** Orders that are open, the newest first. */
  readonly waiting: readonly { readonly symbol: string }[];
  /** Of the newest frame, epoch milliseconds. */
  readonly asOfMs: number;
}

/** What somebody should know before believing the total; not there where there is nothing. */
export const AttentionList = ({ holdings, simulated, waiting, asOfMs }: AttentionListProps) => {
  const text = useHomeText();
  const notices = noticesOf(holdings, simulated, waiting);
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
            <NoticeLine notice={notice} asOfMs={asOfMs} />
          </li>
        ))}
      </ul>
      {more > 0 && <p className="notice-detail">{text.andMore(more)}</p>}
    </section>
  );
};
