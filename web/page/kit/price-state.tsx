import { useParts } from '../parts.js';
import { useSpeaking, useText } from '../text/language.js';
import { priceWords, type Reasoned } from './price-words.js';

/** What stands where a price would. */
export const NoPrice = ({ row }: { readonly row: Reasoned }) => {
  const { word, hint } = priceWords(row, useText());
  return (
    <span className="none" title={hint}>
      {word}
    </span>
  );
};

interface OldTagProps {
  readonly word: string;
  readonly hint?: string;
  /** When the price was made, epoch milliseconds; undefined where that stands beside, or is not known. */
  readonly atMs: number | undefined;
}

/** A mark of a price that is not of now; of one of another day the day says enough. */
export const OldTag = ({ word, hint, atMs }: OldTagProps) => {
  const { times } = useSpeaking();
  const { clock } = useParts();
  const whole = atMs === undefined ? undefined : times.full(atMs);
  return (
    <span className="tag" title={[hint, whole].filter(Boolean).join(' ')}>
      <span>{word}</span>
      {atMs !== undefined && (
        <span className="tag-time">
          {`, ${times.isSameDay(atMs, clock.now()) ? times.clock(atMs) : times.day(atMs)}`}
        </span>
      )}
    </span>
  );
};

/** The same beside the name of a coin. */
export const PriceTag = ({ row, atMs }: { readonly row: Reasoned; readonly atMs?: number | undefined }) => (
  <OldTag {...priceWords(row, useText())} atMs={atMs} />
);
