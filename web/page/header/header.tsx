import { Link } from '@tanstack/react-router';
import { Suspense } from 'react';
import { basisChoice, currencyChoice } from '../display/choices.js';
import { Icon } from '../kit/icon.js';
import { latePart } from '../kit/late-part.js';
import { Mark } from '../kit/mark.js';
import { useSession } from '../parts.js';
import { useCurrencies } from '../portfolio/converted.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { openDialog } from '../shell/open-dialog.js';
import { useText } from '../text/language.js';
import { AccountMenu } from './account-menu.js';
import { ChoiceSelect } from './choice-select.js';
import { DiscreetButton } from './discreet-button.js';
import { FreshnessDot } from './freshness-dot.js';
import { useSimulated } from './use-simulated.js';

const PortfolioSwitcher = latePart(() =>
  import('../portfolios/switcher/portfolio-switcher.js').then(({ PortfolioSwitcher: found }) => found),
);

/** Says wherever one is and however far one scrolled that no price here is real. */
const SimulatedPill = () => {
  const text = useText();
  const simulated = useSimulated();
  return (
    simulated && (
      <span className="pill" title={text.simulated}>
        {text.simulatedShort}
      </span>
    )
  );
};

const BasisSelect = () => {
  const text = useText();
  return <ChoiceSelect label={text.basis} choice={basisChoice} words={text.bases} />;
};

const CurrencySelect = () => {
  const text = useText();
  const currencies = useCurrencies();
  return (
    <ChoiceSelect
      label={text.currency}
      choice={currencyChoice}
      words={{ USDT: 'USDT', EUR: 'EUR ≈', BTC: 'BTC ≈', ETH: 'ETH ≈' }}
      values={currencies}
    />
  );
};

/** With its name, where there is room for it. */
export const CurrencyField = () => {
  const text = useText();
  return (
    <div className="choice-field">
      <span aria-hidden="true">{text.currency}</span>
      <CurrencySelect />
    </div>
  );
};

/** Above every page of who is signed in. */
export const Header = () => {
  const text = useText();
  const session = useSession();
  return (
    <header className="top">
      <Link to="/" className="brand top-brand">
        <Mark />
        <span className="visually-hidden">{text.appName}</span>
      </Link>
      {/* Its place is there before it, so that nothing moves. */}
      <div className="top-portfolio">
        <CardBoundary>
          <Suspense>
            <PortfolioSwitcher />
          </Suspense>
        </CardBoundary>
      </div>
      <button type="button" className="search-button" aria-keyshortcuts="/" onClick={() => openDialog('search')}>
        <Icon name="search" />
        <span className="search-words">{text.searchAll}</span>
        <span className="key" aria-hidden="true">
          /
        </span>
      </button>
      <div className="top-states">
        <SimulatedPill />
        <BasisSelect />
        <span className="wide-only">
          <CurrencySelect />
        </span>
        <FreshnessDot />
        <DiscreetButton />
        {session.kind === 'signed-in' && <AccountMenu userName={session.userName} />}
      </div>
    </header>
  );
};
