import { Link } from '@tanstack/react-router';
import { usePortfoliosText } from '../text/portfolios/use-portfolios-text.js';
import { addressOf } from './addresses.js';
import { usePortfolios } from './use-portfolios.js';

/** Where else somebody can go who has nothing yet. */
export const NewcomerWays = () => {
  const text = usePortfoliosText();
  const { data } = usePortfolios();
  const paper = data?.filter(({ kind }) => kind === 'paper').find(({ isDefault }) => isDefault);
  return (
    <p className="empty-ways">
      {paper && (
        <Link to="/portfolios/$portfolio" params={{ portfolio: addressOf(paper) }}>
          {text.paperWay}
        </Link>
      )}
      <Link to="/markets">{text.marketsWay}</Link>
    </p>
  );
};
