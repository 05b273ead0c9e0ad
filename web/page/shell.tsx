import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { Suspense, useMemo } from 'react';
import { AccountLinks } from './header/account-menu.js';
import { Banners } from './header/banners.js';
import { toggleDiscreet } from './header/discreet-button.js';
import { CurrencyField, Header } from './header/header.js';
import { useKeys } from './keyboard/use-keys.js';
import { latePart } from './kit/late-part.js';
import { useNotedPlace } from './navigation/came-from.js';
import { PhoneBar } from './navigation/phone-bar.js';
import { tradePlace } from './navigation/places.js';
import { Rail } from './navigation/rail.js';
import { useSession } from './parts.js';
import { closeDialog, openDialog, openReceipt, type ReceiptOf, useOpenDialog } from './shell/open-dialog.js';
import { useKeptFocus } from './shell/use-kept-focus.js';
import { useText } from './text/language.js';

const AddCoinDialog = latePart(() =>
  import('./portfolio/search/add-coin-dialog.js').then(({ AddCoinDialog: found }) => found),
);
const NewPortfolioDialog = latePart(() =>
  import('./portfolios/dialogs/new-portfolio-dialog.js').then(({ NewPortfolioDialog: found }) => found),
);
const Palette = latePart(() => import('./palette/palette.js').then(({ Palette: found }) => found));
const ReceiptDialog = latePart(() => import('./receipt/receipt-dialog.js').then(({ ReceiptDialog: found }) => found));
const GateTop = latePart(() => import('./header/gate-header.js').then(({ GateTop: found }) => found));
const KeyListDialog = latePart(() => import('./keyboard/key-list-dialog.js').then(({ KeyListDialog: found }) => found));

const Dialogs = () => {
  const { name: open, of, portfolioId } = useOpenDialog();
  return (
    <Suspense>
      {open === 'add' && <AddCoinDialog onClose={closeDialog} />}
      {open === 'portfolio' && <NewPortfolioDialog onClose={closeDialog} />}
      {open === 'search' && <Palette onClose={closeDialog} />}
      {open === 'receipt' && <ReceiptDialog of={of} portfolioId={portfolioId} onClose={closeDialog} />}
      {open === 'keys' && <KeyListDialog onClose={closeDialog} />}
    </Suspense>
  );
};

/** The holding, or the market of one, in whose row the focus is. */
const focusedHolding = (): ReceiptOf | undefined => {
  const { asset, market } = document.activeElement?.closest('tr')?.dataset ?? {};
  if (asset !== undefined) return { asset };
  return market === undefined ? undefined : { symbol: market };
};

/** What single keys do wherever one is signed in; `keyboard/key-list-dialog.tsx` says so to people. */
const useShellKeys = () => {
  const navigate = useNavigate();
  useKeys(
    useMemo(
      () => ({
        '/': () => openDialog('search'),
        n: () => openDialog('add'),
        '.': toggleDiscreet,
        '=': () => openReceipt(focusedHolding(), /\/portfolios\/(?!default)([^/]+)/.exec(location.pathname)?.[1]),
        '?': () => openDialog('keys'),
        'g h': () => void navigate({ to: '/' }),
        'g p': () => void navigate({ to: '/portfolios/$portfolio', params: { portfolio: 'default' } }),
        'g m': () => void navigate({ to: '/markets' }),
        'g t': () => void navigate({ to: tradePlace.to }),
      }),
      [navigate],
    ),
  );
};

const SignedInShell = () => {
  const session = useSession();
  useShellKeys();
  useNotedPlace();
  return (
    <div className="shell">
      <Rail />
      <div className="shell-column">
        <Header />
        <Banners />
        <main id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <PhoneBar>
        {session.kind === 'signed-in' && <AccountLinks userName={session.userName} />}
        <CurrencyField />
      </PhoneBar>
      <Dialogs />
    </div>
  );
};

/** What surrounds every page. */
export const Shell = () => {
  const text = useText();
  const session = useSession();
  // What surrounds it stays, or another tab's sign-in would make it anew, and the codes that it shows were lost.
  const isSigningUp = useLocation({ select: ({ pathname }) => pathname.endsWith('/sign-up') });
  useKeptFocus();
  return (
    <>
      <a className="skip" href="#content">
        {text.skip}
      </a>
      {session.kind === 'signed-out' || isSigningUp ? (
        <>
          {/* Its place is there before it, so that nothing moves. */}
          <Suspense fallback={<header className="top gate-top" />}>
            <GateTop />
          </Suspense>
          <main id="content" tabIndex={-1}>
            <Outlet />
          </main>
        </>
      ) : (
        <SignedInShell />
      )}
    </>
  );
};
