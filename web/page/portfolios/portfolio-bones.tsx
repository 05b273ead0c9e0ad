import { useText } from '../text/language.js';

/** Of what is on its way: a portfolio with its heading, the cards of all of them, or one card. */
export type AwaitedShape = 'page' | 'cards' | 'card';

/** With the words over it, which do not breathe with it. */
const FirstBone = ({ className }: { readonly className: string }) => {
  const text = useText();
  return (
    <div className="bones-in">
      <p className="bone-words">{text.working}</p>
      <div className={`card bone ${className}`} />
    </div>
  );
};

/** The shape of what is on its way, and after a moment that it is. What comes takes its place, and nothing moves. */
export const PortfolioBones = ({ shape }: { readonly shape: AwaitedShape }) => (
  <div className="portfolio-bones" role="status">
    {shape === 'page' && (
      <div className="page-head portfolio-head">
        <span className="bone title-bone" />
      </div>
    )}
    {shape === 'cards' ? (
      <div className="portfolio-cards">
        {/* Everybody has one for what they own, and one for paper money. */}
        <FirstBone className="portfolio-card" />
        <div className="card bone portfolio-card" />
      </div>
    ) : (
      <FirstBone className="portfolio-bone" />
    )}
  </div>
);
