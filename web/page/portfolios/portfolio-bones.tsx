import { useText } from '../text/language.js';

/** Of what is on its way: a portfolio with its heading, the cards of all of them, or one card. */
export type AwaitedShape = 'page' | 'cards' | 'card';

/** The shape of what is on its way, and after a moment that it is. What comes takes its place, and nothing moves. */
export const PortfolioBones = ({ shape }: { readonly shape: AwaitedShape }) => {
  const text = useText();
  return (
    <div className="portfolio-bones" role="status">
      {shape === 'page' && (
        <div className="page-head portfolio-head">
          <span className="bone title-bone" />
        </div>
      )}
      <div className="bones-in">
        <p className="bone-words">{text.working}</p>
        {shape === 'cards' ? (
          <div className="portfolio-cards">
            {/* Everybody has one for what they own, and one for paper money. */}
            <div className="card portfolio-card bone" />
            <div className="card portfolio-card bone" />
          </div>
        ) : (
          <div className="card bone portfolio-bone" />
        )}
      </div>
    </div>
  );
};
