import { Link, Outlet } from '@tanstack/react-router';
import { readEveryMs } from '@tickfolio/client/live-connection';
import { useLive, useOnline, useParts, useSession } from '../parts.js';
import { useText } from '../text/language.js';
import { useKeptFocus } from './use-kept-focus.js';

const Mark = () => (
  <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8" className="mark-ground" />
    <path d="M6 21l5.8-6.8 4.5 4 4.5-7.2 5.2 4.5" className="mark-line" />
  </svg>
);

const Banners = () => {
  const text = useText();
  const { retry } = useParts();
  const connection = useLive((state) => state.connection);
  const simulated = useLive((state) => state.view?.simulated === true);
  const hasValues = useLive((state) => state.view !== undefined);
  const noPrices = useLive((state) => state.view?.fresh?.kind === 'down');
  const session = useSession();
  const risk = session.kind === 'signed-in' ? session.risk : undefined;
  const online = useOnline();
  return (
    <section aria-label={text.notices}>
      {simulated && <p className="banner simulated">{text.simulated}</p>}
      <div role="status">
        {!online && <p className="banner away">{text.offline}</p>}
        {risk && <p className="banner away">{text.cookieRisk[risk]}</p>}
        {online && connection === 'reconnecting' && (
          <p className="banner away">{hasValues ? text.reconnecting : text.notReached}</p>
        )}
        {online && connection === 'reading' && <p className="banner away">{text.reading(readEveryMs / 1_000)}</p>}
        {online && noPrices && (connection === 'live' || connection === 'reading') && (
          <p className="banner away">{text.noPricesArrive}</p>
        )}
        {connection === 'refused' && (
          <p className="banner away">
            <span>{text.refused}</span>{' '}
            <button type="button" className="button small" onClick={retry}>
              {text.connectAgain}
            </button>
          </p>
        )}
      </div>
    </section>
  );
};

/** Who is not signed in has no values that could be old. */
const GateBanner = () => {
  const text = useText();
  const online = useOnline();
  return <div role="status">{!online && <p className="banner away">{text.offlineGate}</p>}</div>;
};

/** Says wherever one is and however far one scrolled that no price here is real. */
const SimulatedPill = () => {
  const text = useText();
  const simulated = useLive((state) => state.view?.simulated === true);
  return simulated && <span className="pill">{text.simulatedShort}</span>;
};

export const Shell = () => {
  const text = useText();
  const session = useSession();
  const signedIn = session.kind === 'signed-in';
  useKeptFocus();
  return (
    <>
      <a className="skip" href="#content">
        {text.skip}
      </a>
      <header className="top">
        <div className="top-in">
          <Link to="/" className="brand">
            <Mark />
            <span>{text.appName}</span>
          </Link>
          <SimulatedPill />
          {signedIn && (
            <Link to="/account" className="who">
              <span className="visually-hidden">{`${text.account} `}</span>
              <span className="who-face" aria-hidden="true">
                {session.userName.slice(0, 1).toUpperCase()}
              </span>
              <span className="who-name" translate="no">
                {session.userName}
              </span>
            </Link>
          )}
        </div>
      </header>
      {signedIn && <Banners />}
      {session.kind === 'signed-out' && <GateBanner />}
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
};
