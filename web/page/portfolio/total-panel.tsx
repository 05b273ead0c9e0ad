import { money } from '@tickfolio/lib/look/amount';
import type { Change } from '@tickfolio/lib/look/change';
import { useDiscreet } from '../display/choices.js';
import { ChangeMark } from '../kit/change-mark.js';
import type { PortfolioView, Row } from '../live/portfolio-view.js';
import { useLive } from '../parts.js';
import { ReceiptButton } from '../receipt/receipt-button.js';
import { usePageTitle } from '../shell/page-heading.js';
import { digitsSize } from '../text/digits-size.js';
import { Figure } from '../text/figure.js';
import { useSpeaking } from '../text/language.js';
import type { Messages } from '../text/messages-en.js';
import { someCoins, TotalLacks } from '../text/total-lacks.js';
import { CashApart } from './cash-apart.js';
import { useConverted } from './converted.js';
import { Freshness } from './freshness.js';

/** Why there is no value yet. */
const noTotalWords = (rows: readonly Row[], text: Messages): string => {
  const isAny = (...states: readonly (Row['state'] | undefined)[]) => rows.some(({ state }) => states.includes(state));
  if (isAny(undefined, 'waiting')) return text.waiting;
  return isAny('feed-down') ? text.notArriving : text.noPrices;
};

interface ChangeOfTotalProps {
  readonly label: string;
  readonly change: Change;
  readonly note?: string | undefined;
}

const ChangeOfTotal = ({ label, change, note }: ChangeOfTotalProps) => (
  <div>
    <dt>{label}</dt>
    <dd>
      <ChangeMark change={change} note={note} isPrivate />
    </dd>
  </div>
);

/** The value, large, and how it moved. All its digits are in the receipt. */
export const TotalPanel = ({ view }: { readonly view: PortfolioView }) => {
  const { text, times } = useSpeaking();
  const { total, day, dayBasis, dayLacking, rows, asOfMs } = view;
  const live = useLive((state) => state.connection === 'live' || state.connection === 'reading');
  const converted = useConverted(total.value);
  const discreet = useDiscreet();
  const isKnown = rows.some(({ valueText }) => valueText !== undefined);
  usePageTitle(isKnown && !discreet ? `${total.text} USDT` : undefined, text.places.home);
  const { basis, sinceMs, someSinceMs } = dayBasis;
  const note = () => {
    if (someSinceMs !== undefined) return text.someSince(times.full(someSinceMs));
    return sinceMs === undefined ? undefined : text.onlySince(times.full(sinceMs));
  };
  const period = sinceMs === undefined ? text.basesLong[basis] : text.since(times.near(sinceMs, asOfMs));
  return (
    <section className={`total ${live ? '' : 'faded'}`} aria-labelledby="total-title">
      <div className="total-head">
        <h1 id="total-title">{text.totalValue}</h1>
        <Freshness of={view.fresh} about="value" />
      </div>
      {isKnown ? (
        <>
          <p className={`total-value large-digits ${digitsSize(total.text)}`} data-testid="total">
            {/* It changes several times a second: what lit up each time would never rest. */}
            <Figure title={total.exact} isPrivate>
              {total.text}
            </Figure>
            <span className="total-unit">
              <span className="unit" translate="no">
                USDT
              </span>
              <ReceiptButton />
            </span>
          </p>
          {converted && (
            <p className="total-converted">
              <Figure isPrivate>{`≈ ${money(converted.amount, text.numbers)} ${converted.currency}`}</Figure>
            </p>
          )}
        </>
      ) : (
        <p className="total-waiting">{noTotalWords(rows, text)}</p>
      )}
      <TotalLacks coins={view.lacking} />
      <CashApart of={view} />
      {/* Its line is there before it, so that nothing moves when it comes. */}
      <dl className="changes">
        {day && (
          <ChangeOfTotal
            label={dayLacking.length === 0 ? period : text.periodWithout(period, someCoins(dayLacking, text))}
            change={day}
            note={note()}
          />
        )}
      </dl>
    </section>
  );
};
