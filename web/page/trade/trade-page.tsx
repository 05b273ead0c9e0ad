import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ChartCard } from '../coin/chart/chart-card.js';
import { archiveRanges } from '../coin/chart/intervals.js';
import { useArchive } from '../coin/chart/use-archive.js';
import { useOrderFeed } from '../orders/use-orders.js';
import { Asked } from '../portfolios/asked.js';
import type { Portfolio } from '../portfolios/portfolio-calls.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { usePageTitle } from '../shell/page-heading.js';
import { Skeleton } from '../shell/skeleton.js';
import { marketPair } from '../text/pair.js';
import { useTradeText } from '../text/trade/use-trade-text.js';
import { EndedOrders } from './ended-orders.js';
import { type Market, useMarket } from './market/use-market.js';
import { OpenOrders } from './open-orders.js';
import { NoPaper } from './ticket/funding.js';
import { Ticket } from './ticket/ticket.js';
import { TradeHead } from './trade-head.js';
import { useFunds } from './use-funds.js';
import { usePaper } from './use-paper.js';

interface DeskProps {
  readonly market: Market;
  readonly portfolio: Portfolio;
  readonly papers: readonly Portfolio[];
  readonly isPaused: boolean;
  readonly isSimulated: boolean;
  readonly nowMs: number;
}

/** What is done with a portfolio of paper money: orders are written, waited for and looked back on. */
const Desk = ({ portfolio, nowMs, ...ticket }: DeskProps) => {
  const navigate = useNavigate();
  useOrderFeed();
  const balances = useFunds(portfolio.id);
  const choose = (id: string) =>
    void navigate({ to: '.', search: (before) => ({ ...before, portfolio: id }), replace: true, resetScroll: false });
  return (
    <>
      <CardBoundary about={ticket.market.symbol}>
        <Ticket
          key={`${ticket.market.symbol} ${portfolio.id}`}
          {...{ portfolio, balances }}
          {...ticket}
          onPortfolio={choose}
        />
      </CardBoundary>
      <div className="trade-orders">
        <CardBoundary about={portfolio.id}>
          <OpenOrders portfolio={portfolio} nowMs={nowMs} />
        </CardBoundary>
        <CardBoundary about={portfolio.id}>
          <EndedOrders portfolio={portfolio} nowMs={nowMs} />
        </CardBoundary>
      </div>
    </>
  );
};

/** One market: its price, a ticket for orders at paper money, and what became of those. */
export const TradePage = () => {
  const text = useTradeText();
  const { symbol: written } = useParams({ from: '/trade/$symbol' });
  const { interval = '1m', type = 'candles', portfolio: wanted } = useSearch({ from: '/trade/$symbol' });
  const symbol = written.toLowerCase();
  const { view, market, fresh, ...known } = useMarket(symbol);
  const archive = useArchive(symbol, archiveRanges[interval]);
  const { query, papers, chosen } = usePaper(wanted);
  const title = market ? text.tradeTitle(marketPair(market)) : written.toUpperCase();
  usePageTitle(known.isUnknown ? text.notFoundTitle : title);
  if (known.isUnknown)
    return (
      <div className="notice-page">
        <h1>{text.notFoundTitle}</h1>
        <p>{text.unknownMarket(written.toUpperCase())}</p>
        <Link to="/markets" className="button primary">
          {text.allMarkets}
        </Link>
      </div>
    );
  if (known.isAway)
    return (
      <div className="notice-page">
        <h1>{written.toUpperCase()}</h1>
        <p>{text.noAnswer}</p>
        <button type="button" className="button primary" onClick={known.retry}>
          {text.tryAgain}
        </button>
      </div>
    );
  if (!view || !market) return <Skeleton />;
  const { asOfMs, simulated } = view;
  return (
    <div className="trade-page">
      <TradeHead market={market} fresh={fresh} />
      <ChartCard
        {...{ symbol, archive, interval, type, asOfMs }}
        name={marketPair(market)}
        quote={market.quote}
        isListed
        isSimulated={simulated}
        price={market.price}
      />
      {chosen && papers ? (
        <Desk
          {...{ market, papers }}
          portfolio={chosen}
          isPaused={known.isPaused}
          isSimulated={simulated}
          nowMs={asOfMs}
        />
      ) : (
        <Asked query={query}>{() => <NoPaper />}</Asked>
      )}
    </div>
  );
};
