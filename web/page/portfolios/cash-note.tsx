import { Link } from '@tanstack/react-router';
import { money } from '@tickfolio/lib/look/amount';
import type { Decimal } from '@tickfolio/lib/money';
import { Figure } from '../text/figure.js';
import { usePortfoliosText } from '../text/portfolios/use-portfolios-text.js';
import { allName } from './addresses.js';

/** Says beside a total of assets that there is cash besides, and where both stand together. @param value in USDT */
export const CashNote = ({ value }: { readonly value: Decimal }) => {
  const text = usePortfoliosText();
  return (
    <p className="cash-note">
      <span>{text.cashApart}</span> <Figure isPrivate>{`${money(value, text.numbers)} USDT`}</Figure>
      {' · '}
      <Link to="/portfolios/$portfolio" params={{ portfolio: allName }}>
        {text.everything}
      </Link>
    </p>
  );
};
