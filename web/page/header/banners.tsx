import { readEveryMs } from '@tickfolio/client/live-connection';
import { Suspense, useState } from 'react';
import { latePart } from '../kit/late-part.js';
import { useLive, useOnline, useParts, useSession, useShown } from '../parts.js';
import { useText } from '../text/language.js';
import { useSimulated } from './use-simulated.js';

const CookieRiskWords = latePart(() => import('./cookie-risk-words.js').then(({ CookieRiskWords: found }) => found));

/** What is wrong for now, above the page. */
export const Banners = () => {
  const text = useText();
  const { retry } = useParts();
  const connection = useLive((state) => state.connection);
  const simulated = useSimulated();
  const hasValues = useShown((state) => state.view !== undefined);
  const noPrices = useShown((state) => state.view?.fresh?.kind === 'down');
  const session = useSession();
  const risk = session.kind === 'signed-in' ? session.risk : undefined;
  const online = useOnline();
  /** Once read it is enough: the header goes on saying it. */
  const [isRead, setRead] = useState(false);
  return (
    <section aria-label={text.notices}>
      {simulated && !isRead && (
        <p className="banner simulated">
          <span>{text.simulated}</span>{' '}
          <button type="button" className="icon-button" aria-label={text.dismiss} onClick={() => setRead(true)}>
            ✕
          </button>
        </p>
      )}
      <div role="status">
        {!online && hasValues && <p className="banner away">{text.offline}</p>}
        {!online && !hasValues && session.kind === 'signed-in' && <p className="banner away">{text.offlineTitle}</p>}
        <Suspense>{risk && <CookieRiskWords risk={risk} />}</Suspense>
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
