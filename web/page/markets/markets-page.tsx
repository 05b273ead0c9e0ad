import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { CoinBadge } from '../kit/coin-badge.js';
import { faultText } from '../kit/fault-text.js';
import { searchSymbols } from '../portfolio/changes/symbol-search.js';
import { useSymbols } from '../portfolio/changes/use-symbols.js';
import { Skeleton } from '../shell/skeleton.js';
import { useText } from '../text/language.js';

const none: readonly string[] = [];

/** Everything that the exchange lists; what is searched for stands in the address. */
export const MarketsPage = () => {
  const text = useText();
  const { q = '' } = useSearch({ from: '/markets' });
  const navigate = useNavigate({ from: '/markets' });
  const { data, isError, error, refetch } = useSymbols();
  const search = (query: string) =>
    void navigate({ search: (before) => ({ ...before, q: query === '' ? undefined : query }), replace: true });
  const found = data ? searchSymbols(data, q, none).flatMap(({ symbols }) => symbols) : [];
  return (
    <div className="markets">
      <h1>{text.places.markets}</h1>
      <input
        type="search"
        className="search"
        aria-label={text.searchMarkets}
        placeholder={text.searchHint}
        value={q}
        onChange={(event) => search(event.target.value)}
      />
      {isError && !data && (
        <p className="panel-note">
          <span>{faultText(error, text)}</span>{' '}
          <button type="button" className="button small" onClick={() => void refetch()}>
            {text.tryAgain}
          </button>
        </p>
      )}
      {!data && !isError && <Skeleton />}
      {data && found.length === 0 && <p className="panel-note">{text.noResult(q)}</p>}
      {found.length > 0 && (
        <ul className="card market-list">
          {found.map(({ symbol, base, quote, name, paused }) => (
            <li key={symbol}>
              <Link
                to="/assets/$asset"
                params={{ asset: base }}
                search={quote === 'USDT' ? {} : { market: symbol }}
                className="coin-link"
              >
                <CoinBadge asset={base} />
                <span className="coin-names">
                  <span className="coin-name" translate="no">
                    {name}
                  </span>
                  <span className="coin-symbol" translate="no">{`${base}/${quote}`}</span>
                </span>
                {paused && <span className="tag">{text.paused}</span>}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};
