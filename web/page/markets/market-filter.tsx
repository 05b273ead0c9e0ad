import { useEffect, useRef } from 'react';
import { Disclosure } from '../kit/disclosure.js';
import { useMarketsText } from '../text/markets/use-markets-text.js';
import { type MarketColumn, marketColumns } from './market-columns.js';

interface MarketFilterProps {
  readonly query: string;
  readonly onQuery: (query: string) => void;
  /** Undefined for each asset once. */
  readonly quote: string | undefined;
  /** Whether it is known that nothing is priced in it: then it is no choice. */
  readonly isNoQuote: boolean;
  /** What markets are priced in, the most used first. */
  readonly quotes: readonly string[];
  /** Undefined where there is no choice. */
  readonly onQuote: ((quote: string | undefined) => void) | undefined;
  readonly columns: readonly MarketColumn[];
  /** Undefined where there is no room for a choice. */
  readonly onColumns: ((columns: readonly MarketColumn[]) => void) | undefined;
}

/** Which markets are shown, and what of them. */
export const MarketFilter = (props: MarketFilterProps) => {
  const { query, onQuery, quote, isNoQuote, quotes, onQuote, columns, onColumns } = props;
  const text = useMarketsText();
  const field = useRef<HTMLInputElement>(null);
  // The address follows what is typed a moment later: while somebody types it must not take the last letter away.
  useEffect(() => {
    if (field.current && document.activeElement !== field.current) field.current.value = query;
  }, [query]);
  const toggle = (column: MarketColumn) =>
    onColumns?.(columns.includes(column) ? columns.filter((one) => one !== column) : [...columns, column]);
  return (
    <div className="market-filter">
      <input
        ref={field}
        type="search"
        className="search"
        aria-label={text.searchMarkets}
        placeholder={text.searchHint}
        defaultValue={query}
        onChange={(event) => onQuery(event.target.value)}
      />
      {onQuote && (
        <select
          aria-label={text.pricedIn}
          value={quote ?? ''}
          onChange={(event) => onQuote(event.target.value === '' ? undefined : event.target.value)}
        >
          <option value="">{text.eachAssetOnce}</option>
          {quote !== undefined && isNoQuote && (
            <option value={quote} hidden disabled>
              {text.marketsIn(quote)}
            </option>
          )}
          {[...new Set([...(quote === undefined || isNoQuote ? [] : [quote]), ...quotes])].map((one) => (
            <option key={one} value={one}>
              {text.marketsIn(one)}
            </option>
          ))}
        </select>
      )}
      {onColumns && (
        <Disclosure label={text.columns} className="market-columns" button={<span>{text.columns}</span>}>
          <fieldset>
            <legend className="visually-hidden">{text.columns}</legend>
            {marketColumns.map((column) => (
              <label key={column}>
                <input type="checkbox" checked={columns.includes(column)} onChange={() => toggle(column)} />{' '}
                <span>{text.marketColumns[column]}</span>
              </label>
            ))}
          </fieldset>
        </Disclosure>
      )}
    </div>
  );
};
