import type { Freshness as Fresh } from '../live/freshness.js';
import { useLive, useOnline } from '../parts.js';
import { useSpeaking } from '../text/language.js';
import { freshnessWords } from './freshness-words.js';

interface FreshnessProps {
  readonly of: Fresh | undefined;
  /** The value of the portfolio, or the price of one coin. */
  readonly about: 'value' | 'price';
}

/** How good the numbers are at this moment. */
export const Freshness = ({ of, about }: FreshnessProps) => {
  const { text, times } = useSpeaking();
  const connection = useLive((state) => state.connection);
  const asOfMs = useLive((state) => state.view?.asOfMs);
  const beats = useLive((state) => state.view?.total.ticks ?? 0);
  const online = useOnline();
  if (online && connection === 'live') {
    const words = freshnessWords(of, about, text, times, asOfMs ?? 0);
    if (!words) return null;
    const { tone, word, detail, atMs } = words;
    return (
      <p className={`freshness ${tone}`} title={atMs === undefined ? undefined : times.full(atMs)}>
        <span className="pulse" aria-hidden="true" data-flash={beats % 2} />
        {word !== undefined && <strong>{word}</strong>}
        {detail !== undefined && (
          <span className="freshness-words" translate="no">
            {detail}
          </span>
        )}
      </p>
    );
  }
  return (
    <p className={`freshness ${online && connection === 'reading' ? 'fair' : 'away'}`}>
      <span className="pulse" aria-hidden="true" />
      <span title={asOfMs === undefined ? undefined : times.full(asOfMs)}>
        {asOfMs === undefined ? text.connecting : text.lastUpdate(times.seconds(asOfMs))}
      </span>
    </p>
  );
};
