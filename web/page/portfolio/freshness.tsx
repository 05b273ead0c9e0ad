import { useLive, useOnline } from '../parts.js';
import { useSpeaking } from '../text/language.js';

/** How good the numbers are at this moment. */
export const Freshness = () => {
  const { text, times } = useSpeaking();
  const connection = useLive((state) => state.connection);
  const fresh = useLive((state) => state.view?.fresh);
  const asOfMs = useLive((state) => (state.connection === 'live' ? undefined : state.view?.asOfMs));
  const beats = useLive((state) => state.view?.total.ticks ?? 0);
  const online = useOnline();
  if (online && connection === 'live') {
    return (
      <p className={`freshness ${fresh?.level ?? 'good'}`}>
        <span className="pulse" aria-hidden="true" data-flash={beats % 2} />
        <strong>{text.live}</strong>
        {fresh && (
          <span className="freshness-words" translate="no">
            {text.fresh(fresh.percent)}
          </span>
        )}
      </p>
    );
  }
  return (
    <p className="freshness away">
      <span className="pulse" aria-hidden="true" />
      <span title={asOfMs === undefined ? undefined : times.full(asOfMs)}>
        {asOfMs === undefined ? text.connecting : text.lastUpdate(times.seconds(asOfMs))}
      </span>
    </p>
  );
};
