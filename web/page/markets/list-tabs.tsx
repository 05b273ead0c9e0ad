import { useWatchlistText } from '../text/watchlist/use-watchlist-text.js';
import { type MarketList, marketLists } from './markets-search.js';

interface ListTabsProps {
  readonly list: MarketList;
  readonly onList: (list: MarketList) => void;
}

/** All markets, or those that are watched; which stands in the address. */
export const ListTabs = ({ list, onList }: ListTabsProps) => {
  const text = useWatchlistText();
  return (
    <fieldset className="ranges market-lists">
      <legend className="visually-hidden">{text.lists}</legend>
      {marketLists.map((one) => (
        <button key={one} type="button" aria-pressed={one === list} onClick={() => onList(one)}>
          {text.listNames[one]}
        </button>
      ))}
    </fieldset>
  );
};
