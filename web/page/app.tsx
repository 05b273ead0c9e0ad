import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, RouterProvider } from '@tanstack/react-router';
import { isProblem } from '@tickfolio/client/problem';
import { useEffect } from 'react';
import { loadPatiently } from './kit/late-part.js';
import { type Parts, PartsProvider } from './parts.js';
import { basePath } from './place.js';
import { forgetRecent } from './portfolio/changes/recent-symbols.js';
import { PortfolioPage } from './portfolio/portfolio-page.js';
import { BrokenPage } from './shell/broken-page.js';
import { MissingPage } from './shell/missing-page.js';
import { Shell } from './shell/shell.js';
import { SignedIn } from './shell/signed-in.js';
import { ToastProvider } from './shell/toasts.js';
import { LanguageProvider } from './text/language.js';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // What was refused stays refused; what did not answer may answer.
      retry: (failures, fault) => failures < 2 && !(isProblem(fault) && fault.status >= 400 && fault.status < 500),
    },
  },
});

const root = createRootRoute({ component: Shell, notFoundComponent: MissingPage, errorComponent: BrokenPage });
const portfolio = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: () => (
    <SignedIn>
      <PortfolioPage />
    </SignedIn>
  ),
});
const CoinPage = lazyRouteComponent(() => loadPatiently(() => import('./coin/coin-page.js')), 'CoinPage');
const coinRoute = createRoute({
  getParentRoute: () => root,
  path: '/coins/$symbol',
  component: () => (
    <SignedIn>
      <CoinPage />
    </SignedIn>
  ),
});
const AccountPage = lazyRouteComponent(() => loadPatiently(() => import('./account/account-page.js')), 'AccountPage');
const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: () => (
    <SignedIn>
      <AccountPage />
    </SignedIn>
  ),
});
const SignInPage = lazyRouteComponent(() => loadPatiently(() => import('./account/entrances.js')), 'SignInPage');
const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignInPage });
const SignUpPage = lazyRouteComponent(() => loadPatiently(() => import('./account/entrances.js')), 'SignUpPage');
const signUp = createRoute({ getParentRoute: () => root, path: '/sign-up', component: SignUpPage });

const router = createRouter({
  routeTree: root.addChildren([portfolio, coinRoute, account, signIn, signUp]),
  basepath: basePath,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** What was read belongs to who read it. */
const useForgetting = ({ session }: Parts) => {
  useEffect(() => {
    let owner = session.state.kind === 'signed-in' ? session.state.userId : undefined;
    return session.subscribe(() => {
      const next = session.state.kind === 'signed-in' ? session.state.userId : undefined;
      if (next !== owner) queryClient.clear();
      if (session.state.kind === 'signed-out' || (owner !== undefined && next !== owner)) forgetRecent();
      owner = next;
    });
  }, [session]);
};

export const App = ({ parts }: { readonly parts: Parts }) => {
  useForgetting(parts);
  return (
    <PartsProvider value={parts}>
      <LanguageProvider>
        <QueryClientProvider client={queryClient}>
          <ToastProvider>
            <RouterProvider router={router} />
          </ToastProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </PartsProvider>
  );
};
