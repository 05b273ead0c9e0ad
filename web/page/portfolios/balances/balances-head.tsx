import { grouped, money } from '@tickfolio/lib/look/amount';
import { formatDecimal } from '@tickfolio/lib/money';
import { useDiscreet } from '../../display/choices.js';
import { ReceiptButton } from '../../receipt/receipt-button.js';
import { PageHeading } from '../../shell/page-heading.js';
import { Figure } from '../../text/figure.js';
import { useSpeaking } from '../../text/language.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { KindMark } from '../kind-mark.js';
import type { Portfolio } from '../portfolio-calls.js';
import type { Balances } from '../use-balances.js';
import { worthOf } from '../worth.js';
import { useConvertedWorth } from './use-converted-worth.js';

interface BalancesHeadProps {
  readonly portfolio: Portfolio;
  /** Undefined until they were read. */
  readonly balances: Balances | undefined;
  /** Whether they are on their way. */
  readonly isAwaited: boolean;
  /** Undefined where no money is given. */
  readonly onFund: (() => void) | undefined;
  /** Undefined where nothing can be moved. */
  readonly onTransfer: (() => void) | undefined;
}

/** Which portfolio this is, what it is worth, and what can be done with it. */
export const BalancesHead = ({ portfolio, balances, isAwaited, onFund, onTransfer }: BalancesHeadProps) => {
  const text = usePortfoliosText();
  const { times } = useSpeaking();
  const { name, archivedAt } = portfolio;
  const discreet = useDiscreet();
  const worth = balances && worthOf(balances);
  const converted = useConvertedWorth(worth, portfolio.baseCurrency);
  return (
    <>
      <div className="page-head portfolio-head">
        <PageHeading
          title={name}
          figure={worth && !discreet ? `${money(worth, text.numbers)} USDT` : undefined}
          translate="no"
        />
        <KindMark of={portfolio} />
        {!balances && isAwaited && <p className="bone worth-bone" />}
        {worth && (
          <p>
            <Figure className="strong" title={grouped(formatDecimal(worth), text.numbers)} isPrivate>
              {money(worth, text.numbers)}
            </Figure>{' '}
            <span className="receipted">
              <span className="unit" translate="no">
                USDT
              </span>
              <ReceiptButton portfolioId={portfolio.id} />
            </span>
          </p>
        )}
        {converted && (
          <p>
            <Figure isPrivate>{`≈ ${money(converted, text.numbers)} ${portfolio.baseCurrency}`}</Figure>
          </p>
        )}
        <div className="head-actions">
          {onFund && (
            <button type="button" className="button small" onClick={onFund}>
              {text.fund}
            </button>
          )}
          {onTransfer && (
            <button type="button" className="button small" onClick={onTransfer}>
              {text.transfer}
            </button>
          )}
        </div>
      </div>
      {archivedAt !== null && (
        <p className="portfolio-note">{text.archivedNote(times.dated(Date.parse(archivedAt)))}</p>
      )}
    </>
  );
};
