import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { HomePage } from './home/home-page.js';
import { readMarketsSearch } from './markets/markets-search.js';
import { tradePlace } from './navigation/places.js';
import { loadPatiently } from './patient-load.js';
import { basePath } from './place.js';
import { readTableSearch } from './portfolio/table/table-search.js';
import { BrokenPage } from './shell/broken-page.js';
import { MissingPage } from './shell/missing-page.js';
import { SignedIn } from './shell/signed-in.js';
import { Skeleton } from './shell/skeleton.js';
import { Shell } from './shell.js';
import { readAssetSearch } from './text/asset-address.js';
import { readTradeSearch } from './trade/trade-search.js';
import { readValueSearch } from './value/ranges.js';

// Every address of the page. The BFF (bff/api/public-url.ts) and the worker (worker/worker.ts) know the same ones, which
// tests/routes.test.ts holds; a page that is no part of the first screen is a file that is loaded when it is shown.

const root = createRootRoute({ component: Shell, notFoundComponent: MissingPage, errorComponent: BrokenPage });

/** For who is signed in; others sign in first and come back. */
const forMembers = (Page: ComponentType) => () => (
  <SignedIn>
    <Page />
  </SignedIn>
);

const LatePortfolios = lazyRouteComponent(
  () => loadPatiently(() => import('./portfolios/pages/portfolios-page.js')),
  'PortfoliosPage',
);
const LatePortfolio = lazyRouteComponent(
  () => loadPatiently(() => import('./portfolios/pages/portfolio-page.js')),
  'PortfolioPage',
);
const LatePortfolioSettings = lazyRouteComponent(
  () => loadPatiently(() => import('./portfolios/settings/portfolio-settings-page.js')),
  'PortfolioSettingsPage',
);
const LateMarkets = lazyRouteComponent(() => loadPatiently(() => import('./markets/markets-page.js')), 'MarketsPage');
const LateCoin = lazyRouteComponent(() => loadPatiently(() => import('./coin/coin-page.js')), 'CoinPage');
const LateMovedCoin = lazyRouteComponent(
  () => loadPatiently(() => import('./coin/moved-coin-page.js')),
  'MovedCoinPage',
);
const LateTrade = lazyRouteComponent(() => loadPatiently(() => import('./trade/trade-page.js')), 'TradePage');
const LateSettings = lazyRouteComponent(
  () => loadPatiently(() => import('./settings/settings-page.js')),
  'SettingsPage',
);
const LateWelcome = lazyRouteComponent(() => loadPatiently(() => import('./welcome/welcome-page.js')), 'WelcomePage');
const LateSignIn = lazyRouteComponent(() => loadPatiently(() => import('./account/entrances.js')), 'SignInPage');
const LateSignUp = lazyRouteComponent(() => loadPatiently(() => import('./account/entrances.js')), 'SignUpPage');
const LateRecover = lazyRouteComponent(() => loadPatiently(() => import('./account/entrances.js')), 'RecoverPage');
const LateDeletion = lazyRouteComponent(
  () => loadPatiently(() => import('./deletion/deletion-page.js')),
  'DeletionPage',
);
const LateShared = lazyRouteComponent(() => loadPatiently(() => import('./sharing/shared-page.js')), 'SharedPage');

/** Home has a chart and a table. */
const readHomeSearch = (given: Readonly<Record<string, unknown>>) => ({
  ...readValueSearch(given),
  ...readTableSearch(given),
});

const getParentRoute = () => root;
const members = [
  createRoute({ getParentRoute, path: '/', validateSearch: readHomeSearch, component: forMembers(HomePage) }),
  createRoute({ getParentRoute, path: '/portfolios', component: forMembers(LatePortfolios) }),
  createRoute({
    getParentRoute,
    path: '/portfolios/$portfolio',
    validateSearch: readTableSearch,
    component: forMembers(LatePortfolio),
  }),
  createRoute({
    getParentRoute,
    path: '/portfolios/$portfolio/settings',
    component: forMembers(LatePortfolioSettings),
  }),
  createRoute({
    getParentRoute,
    path: '/markets',
    validateSearch: readMarketsSearch,
    component: forMembers(LateMarkets),
  }),
  createRoute({
    getParentRoute,
    path: '/assets/$asset',
    validateSearch: readAssetSearch,
    component: forMembers(LateCoin),
  }),
  createRoute({
    getParentRoute,
    path: '/trade/$symbol',
    validateSearch: readTradeSearch,
    component: forMembers(LateTrade),
  }),
  createRoute({ getParentRoute, path: '/settings/$section', component: forMembers(LateSettings) }),
] as const;
const gates = [
  createRoute({ getParentRoute, path: '/welcome', component: LateWelcome }),
  createRoute({ getParentRoute, path: '/sign-in', component: LateSignIn }),
  createRoute({ getParentRoute, path: '/sign-up', component: LateSignUp }),
  createRoute({ getParentRoute, path: '/recover', component: LateRecover }),
  createRoute({ getParentRoute, path: '/deletions/$token', component: LateDeletion }),
  createRoute({ getParentRoute, path: '/s/$token', component: LateShared }),
] as const;
const goTo = (to: string) => () => <Navigate to={to} replace />;
/** Addresses of before, which people kept, and what of an address somebody leaves who cuts off its end. */
const moved = [
  createRoute({ getParentRoute, path: '/coins/$symbol', component: LateMovedCoin }),
  createRoute({ getParentRoute, path: '/account', component: goTo('/settings/profile') }),
  createRoute({ getParentRoute, path: '/settings', component: goTo('/settings/profile') }),
  createRoute({ getParentRoute, path: '/assets', component: goTo('/markets') }),
  createRoute({ getParentRoute, path: '/trade', component: goTo(tradePlace.to) }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([...members, ...gates, ...moved]),
  basepath: basePath,
  defaultPreload: 'intent',
  // What comes later than one sees has its shape meanwhile.
  defaultPendingComponent: Skeleton,
  defaultPendingMs: 150,
  defaultPendingMinMs: 0,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
