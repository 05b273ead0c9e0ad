import { Link, useLocation } from '@tanstack/react-router';
import { Disclosure } from '../../kit/disclosure.js';
import { Icon } from '../../kit/icon.js';
import { openDialog } from '../../shell/open-dialog.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { addressOf, portfolioAt } from '../addresses.js';
import { KindMark } from '../kind-mark.js';
import { refusalOf } from '../refusal.js';
import { useEverything, usePortfolio, usePortfolios } from '../use-portfolios.js';

/** Asked for when somebody looks. @param here the one that the page is about */
const Links = ({ here }: { readonly here: string | undefined }) => {
  const text = usePortfoliosText();
  const everything = useEverything();
  const { data, error } = usePortfolios();
  if (!data) return <p className="switcher-note">{error ? refusalOf(error, text).words : text.working}</p>;
  return (
    <ul className="places">
      {[everything, ...data].map((one) => (
        <li key={one.id}>
          <Link
            to="/portfolios/$portfolio"
            params={{ portfolio: addressOf(one) }}
            className="place"
            aria-current={addressOf(one) === here ? 'page' : undefined}
          >
            <span className="switcher-name" translate="no">
              {one.name}
            </span>
            <KindMark of={one} />
          </Link>
        </li>
      ))}
    </ul>
  );
};

/** Which portfolio the page is about, and the way to the others. */
export const PortfolioSwitcher = () => {
  const text = usePortfoliosText();
  const { pathname } = useLocation();
  const here = portfolioAt(pathname);
  const { data } = usePortfolio(here ?? '', here !== undefined);
  const name = here === undefined ? undefined : data?.name;
  return (
    <Disclosure
      label={name === undefined ? `${text.portfolios}: ${text.choosePortfolio}` : `${name}: ${text.choosePortfolio}`}
      className="portfolio-switcher"
      button={
        <>
          <Icon name="portfolio" />
          <span className="switcher-name" translate={name === undefined ? undefined : 'no'}>
            {name ?? text.portfolios}
          </span>
          <span aria-hidden="true">▾</span>
        </>
      }
    >
      <Links here={here} />
      <div className="switcher-more">
        <Link to="/portfolios" className="place" activeOptions={{ exact: true }}>
          {text.allPortfolios}
        </Link>
        <button type="button" className="place" onClick={() => openDialog('portfolio')}>
          {text.newPortfolio}
        </button>
      </div>
    </Disclosure>
  );
};
