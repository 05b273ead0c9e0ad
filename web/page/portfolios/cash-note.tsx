import { Link } from '@tanstack/react-router';
import { money } from '@tickfolio/lib/look/amount';
import type { PortfolioView } from '../live/portfolio-view.js';
import { Figure } from '../text/figure.js';
import { usePortfoliosText } from '../text/portfolios/use-portfolios-text.js';
import { someCoins } from '../text/total-lacks.js';
import { allName } from './addresses.js';

/** Says beside a total of assets that there is cash besides, and where both stand together. */
export const CashNote = ({ of: { cash, cashValue } }: { readonly of: Pick<PortfolioView, 'cash' | 'cashValue'> }) => {
  const text = usePortfoliosText();
  const lacking = cash.filter(({ Total }) => Total === null).map(({ Asset }) => Asset);
  return (
    <p className="cash-note">
      <span>{text.cashApart}</span> <Figure isPrivate>{`${money(cashValue, text.numbers)} USDT`}</Figure>
      {lacking.length > 0 && <span>{`, ${text.without(someCoins(lacking, text))}`}</span>}
      {' · '}
      <Link to="/portfolios/$portfolio" params={{ portfolio: allName }}>
        {text.everything}
      </Link>
    </p>
  );
};
