import { Link } from '@tanstack/react-router';
import { useLive } from '../parts.js';
import { usePortfoliosText } from '../text/portfolios/use-portfolios-text.js';
import { addressOf } from './addresses.js';
import { usePortfolios } from './use-portfolios.js';

/** Where else somebody can go who has nothing yet. */
export const NewcomerWays = () => {
  const text = usePortfoliosText();
  const { data } = usePortfolios();
  const isSimulated = useLive(({ view }) => view?.simulated);
  const papers = data?.filter(({ kind, isDefault }) => kind === 'paper' && isDefault) ?? [];
  // At the other kind of prices nothing in it is worth anything.
  const paper = papers.find(({ simulated }) => simulated === isSimulated) ?? papers[0];
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
