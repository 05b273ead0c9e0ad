import { grouped } from '@tickfolio/lib/look/amount';
import { useTradeText } from '../../text/trade/use-trade-text.js';
import type { DraftField } from './draft.js';
import type { Nearest, OrderRefusal } from './order-refusal.js';

export interface NearestButtonProps {
  readonly field: DraftField;
  readonly refusal: OrderRefusal | undefined;
  readonly onTake: (nearest: Nearest) => void;
}

/** Takes what is allowed instead of what stands in the field; nothing where the refusal is of another one. */
export const NearestButton = ({ field, refusal, onTake }: NearestButtonProps) => {
  const text = useTradeText();
  const nearest = refusal?.nearest;
  if (nearest?.field !== field) return null;
  return (
    <button type="button" className="button small nearest" onClick={() => onTake(nearest)}>
      {text.takeNearest(grouped(nearest.value, text.numbers))}
    </button>
  );
};
