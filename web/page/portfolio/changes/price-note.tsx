import { useSpeaking } from '../../text/language.js';
import { useQuantityText } from '../../text/quantity/use-quantity-text.js';
import type { NoRecord } from './use-recorded-price.js';

interface PriceNoteProps {
  /** When the price was recorded, in epoch milliseconds, or why there is none. */
  readonly from: number | NoRecord;
  readonly onRetry: (() => void) | undefined;
}

/** Of when the price below a quantity is, where it is not of now. */
export const PriceNote = ({ from, onRetry }: PriceNoteProps) => {
  const { times } = useSpeaking();
  const text = useQuantityText();
  if (typeof from === 'number')
    return (
      <p className="price-note" title={times.full(from)}>
        {text.worthThen(times.clock(from))}
      </p>
    );
  if (from === 'none') return <p className="price-note">{text.worthLater}</p>;
  return (
    <p className="price-note" role="status">
      <span>{text.worthAway}</span>{' '}
      {onRetry && (
        <button type="button" className="button small" onClick={onRetry}>
          {text.tryAgain}
        </button>
      )}
    </p>
  );
};
