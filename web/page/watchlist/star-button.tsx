import { isProblem } from '@tickfolio/client/problem';
import { faultText } from '../kit/fault-text.js';
import { Drawing } from '../kit/icon.js';
import { useToast } from '../shell/toasts.js';
import { useWatchlistText } from '../text/watchlist/use-watchlist-text.js';
import { useWatch } from './use-watchlist.js';

const star = 'M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z';

interface StarButtonProps {
  readonly symbol: string;
  /** What it is of, upper case. */
  readonly asset: string;
  /** As the page calls it. */
  readonly name: string;
  /** Of a table's row, where the arrow keys lead to it. */
  readonly tabIndex?: -1;
}

/** Puts a market on the watchlist, and takes it off. */
export const StarButton = ({ symbol, asset, name, tabIndex }: StarButtonProps) => {
  const text = useWatchlistText();
  const toast = useToast();
  const { isWatched, want } = useWatch(symbol);
  const toggle = async () => {
    try {
      await want(symbol, isWatched ? undefined : asset);
    } catch (thrown) {
      const isFull = isProblem(thrown, 409);
      const why = isFull ? text.watchlistFull : faultText(thrown, text);
      const action = { label: text.tryAgain, run: () => void toggle() };
      const message = `${isWatched ? text.notUnwatched(name) : text.notWatched(name)}: ${why}`;
      toast({ message, tone: 'fault', ...(isFull ? {} : { action }) });
    }
  };
  return (
    <button
      type="button"
      className="icon-button star"
      aria-pressed={isWatched}
      aria-label={text.watch(name)}
      title={isWatched ? text.unwatch(name) : text.watch(name)}
      tabIndex={tabIndex}
      onClick={() => void toggle()}
    >
      <Drawing path={star} />
    </button>
  );
};
