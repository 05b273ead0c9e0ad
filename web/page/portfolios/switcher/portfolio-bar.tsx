import { Link } from '@tanstack/react-router';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { allName } from '../addresses.js';
import { PortfolioSwitcher } from './portfolio-switcher.js';

/** Above the pages of one portfolio: which they are, and where the header has no room for it, the way to others. */
export const PortfolioBar = ({ name }: { readonly name: string }) => {
  const text = usePortfoliosText();
  const params = { portfolio: name };
  return (
    <div className="portfolio-bar">
      <div className="narrow-only">
        <PortfolioSwitcher />
      </div>
      <nav className="section-links" aria-label={text.portfolioPages}>
        <Link to="/portfolios/$portfolio" params={params} activeOptions={{ exact: true, includeSearch: false }}>
          {text.holdings}
        </Link>
        {name !== allName && (
          <Link to="/portfolios/$portfolio/settings" params={params}>
            {text.portfolioSettings}
          </Link>
        )}
      </nav>
    </div>
  );
};
