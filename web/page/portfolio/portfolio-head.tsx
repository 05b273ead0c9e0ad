import { useDiscreet } from '../display/choices.js';
import { ChangeMark } from '../kit/change-mark.js';
import type { PortfolioView } from '../live/portfolio-view.js';
import { ReceiptButton } from '../receipt/receipt-button.js';
import { PageHeading } from '../shell/page-heading.js';
import { Figure } from '../text/figure.js';
import { TotalLacks } from '../text/total-lacks.js';
import { CashApart } from './cash-apart.js';

interface PortfolioHeadProps {
  /** Of the portfolio. */
  readonly name: string;
  readonly view: PortfolioView;
}

/** Which page this is, and what the holdings below are worth together. */
export const PortfolioHead = ({ name, view }: PortfolioHeadProps) => {
  const { total, day, rows } = view;
  const discreet = useDiscreet();
  const isKnown = rows.some(({ valueText }) => valueText !== undefined);
  return (
    <>
      <div className="page-head portfolio-head">
        <PageHeading title={name} figure={isKnown && !discreet ? `${total.text} USDT` : undefined} translate="no" />
        {isKnown && (
          <p>
            <Figure className="strong" title={total.exact} isPrivate>
              {total.text}
            </Figure>{' '}
            <span className="receipted">
              <span className="unit" translate="no">
                USDT
              </span>
              <ReceiptButton />
            </span>
          </p>
        )}
        {day && (
          <p>
            <ChangeMark change={day} isPrivate />
          </p>
        )}
        <CashApart of={view} />
      </div>
      {isKnown && <TotalLacks coins={view.lacking} />}
    </>
  );
};
