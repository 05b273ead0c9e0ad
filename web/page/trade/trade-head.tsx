import { Link } from '@tanstack/react-router';
import { CoinBadge } from '../kit/coin-badge.js';
import { Digits } from '../kit/digits.js';
import type { Freshness as Fresh } from '../live/freshness.js';
import { Freshness } from '../portfolio/freshness.js';
import { assetAddress } from '../text/asset-address.js';
import { marketPair } from '../text/pair.js';
import { useTradeText } from '../text/trade/use-trade-text.js';
import { usePriceText } from '../text/use-price-text.js';
import type { Market } from './market/use-market.js';

/** Which market it is, what it costs there now, and where more of it stands. */
export const TradeHead = ({ market, fresh }: { readonly market: Market; readonly fresh: Fresh | undefined }) => {
  const text = useTradeText();
  const { symbol, base, quote, name, price, direction, ticks } = market;
  const written = usePriceText(symbol);
  const { asset, search } = assetAddress(symbol, quote.toLowerCase());
  return (
    <section className="trade-head" aria-labelledby="trade-title">
      <CoinBadge asset={base} />
      <h1 id="trade-title" translate="no">
        <span>{marketPair(market)}</span> {name !== base && <span className="coin-pair">{name}</span>}
      </h1>
      <p className="trade-price large-digits">
        {price === undefined ? (
          <span className="none">{text.waiting}</span>
        ) : (
          <>
            <Digits text={written(price)} direction={direction} ticks={ticks} />
            <span className="unit" translate="no">
              {quote}
            </span>
          </>
        )}
      </p>
      <Freshness of={fresh} about="price" />
      <nav className="trade-links" aria-label={marketPair(market)}>
        <Link to="/assets/$asset" params={{ asset }} search={search}>
          {text.toChart}
        </Link>
        <Link to="/markets">{text.otherMarket}</Link>
      </nav>
    </section>
  );
};
