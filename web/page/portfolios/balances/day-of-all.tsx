import { ChangeMark } from '../../kit/change-mark.js';
import { framedSymbols } from '../../live/framed-symbols.js';
import type { PortfolioStore } from '../../live/portfolio-store.js';
import { useStore } from '../../parts.js';
import { useSpeaking } from '../../text/language.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { someCoins } from '../../text/total-lacks.js';
import { useDayBases } from '../../value/use-day-bases.js';
import { allName } from '../addresses.js';
import { dayWithCash, heldWithCash } from './day-with-cash.js';

/** How everything that is owned moved since changes are counted, with its cash; or why that is not known. */
export const DayOfAll = ({ store }: { readonly store: PortfolioStore }) => {
  const { times } = useSpeaking();
  const text = usePortfoliosText();
  const held = useStore(store, ({ view }) => heldWithCash(framedSymbols(store.frame?.Coins), view?.cash));
  const { isAway, isLoading, retry } = useDayBases({ portfolioId: allName, store, held });
  const view = useStore(store, (state) => state.view);
  // Its line is there before it, so that nothing moves when it comes.
  if (!view || held === '') return <p className="day-of-all" />;
  const { basis, sinceMs, someSinceMs } = view.dayBasis;
  const { change, lacking } = dayWithCash(view, text.numbers);
  const period = sinceMs === undefined ? text.basesLong[basis] : text.since(times.near(sinceMs, view.asOfMs));
  if (!change)
    return (
      <p className="day-of-all">
        <span className="late">{isAway ? text.changeAway : isLoading ? '' : text.changeUnknown(period)}</span>{' '}
        {isAway && (
          <button type="button" className="button small" onClick={retry}>
            {text.tryAgain}
          </button>
        )}
      </p>
    );
  const lateMs = someSinceMs ?? sinceMs;
  const note =
    lateMs === undefined ? undefined : text[someSinceMs === undefined ? 'onlySince' : 'someSince'](times.full(lateMs));
  return (
    <p className="day-of-all">
      <span>{lacking.length === 0 ? period : text.periodWithout(period, someCoins(lacking, text))}</span>{' '}
      <ChangeMark change={change} note={note} isPrivate />
    </p>
  );
};
