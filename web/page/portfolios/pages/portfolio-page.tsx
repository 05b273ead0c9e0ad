import { Navigate, useParams } from '@tanstack/react-router';
import { Suspense } from 'react';
import { latePart } from '../../kit/late-part.js';
import { HoldingsPage } from '../../portfolio/holdings-page.js';
import { MissingPage } from '../../shell/missing-page.js';
import { useText } from '../../text/language.js';
import { addressOf, defaultName } from '../addresses.js';
import { NewcomerWays } from '../newcomer-ways.js';
import { PortfolioBones } from '../portfolio-bones.js';
import { PortfolioBar } from '../switcher/portfolio-bar.js';
import { isMissing, usePortfolio } from '../use-portfolios.js';

const BalancesPage = latePart(() => import('../balances/balances-page.js').then(({ BalancesPage: found }) => found));

const OtherPortfolio = ({ name }: { readonly name: string }) => {
  const query = usePortfolio(name);
  if (isMissing(query)) return <MissingPage />;
  if (query.data && addressOf(query.data) !== name)
    return <Navigate to="/portfolios/$portfolio" params={{ portfolio: addressOf(query.data) }} replace />;
  return (
    <>
      <PortfolioBar name={name} />
      <Suspense fallback={<PortfolioBones shape="page" />}>
        <BalancesPage key={name} query={query} />
      </Suspense>
    </>
  );
};

const DefaultPortfolio = () => {
  const text = useText();
  const { data } = usePortfolio(defaultName);
  return (
    <>
      <PortfolioBar name={defaultName} />
      <HoldingsPage name={data?.name ?? text.places.portfolio} more={<NewcomerWays />} />
    </>
  );
};

/** What one portfolio holds: the one of what is owned is live. */
export const PortfolioPage = () => {
  const { portfolio: name } = useParams({ from: '/portfolios/$portfolio' });
  return name === defaultName ? <DefaultPortfolio /> : <OtherPortfolio name={name} />;
};
