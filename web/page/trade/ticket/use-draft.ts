import { grouped } from '@tickfolio/lib/look/amount';
import { useState } from 'react';
import { faultWhileTyped, type QuantityInput, readQuantity } from '../../portfolio/changes/quantity.js';
import { useQuantityText } from '../../text/quantity/use-quantity-text.js';
import type { Market } from '../market/use-market.js';
import { asksFor, bodyOf, type Draft, type DraftField, type DraftNumbers, emptyDraft, quantityOf } from './draft.js';

/** The order that somebody writes, read as they type. */
export const useDraft = (market: Market, portfolioId: string) => {
  const text = useQuantityText();
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  /** Whether it was to be placed: from then on it is said what is missing. */
  const [isTried, setTried] = useState(false);
  const { symbol, step, tick } = market;
  const asked = asksFor(draft.type);
  const read: Readonly<Record<DraftField, QuantityInput | undefined>> = {
    amount: readQuantity(draft.amount, text),
    price: asked.price ? readQuantity(draft.price, text) : undefined,
    stopPrice: asked.stopPrice ? readQuantity(draft.stopPrice, text) : undefined,
  };
  const numbers: DraftNumbers = {
    amount: read.amount?.quantity,
    price: read.price?.quantity,
    stopPrice: read.stopPrice?.quantity,
  };
  const quantity = quantityOf(draft, numbers, market);
  const isTooLittle = draft.unit === 'quote' && quantity?.units === 0n;
  return {
    draft,
    numbers,
    asked,
    /** In whole steps where it was said in what it is paid with. */
    quantity,
    isTooLittle,
    body: bodyOf(draft, numbers, { symbol, step, tick, portfolioId }),
    faultOf: (field: DraftField): string | undefined => {
      const found = read[field];
      return found && (isTried ? found.fault : faultWhileTyped(found));
    },
    change: (more: Partial<Draft>) => setDraft((before) => ({ ...before, ...more })),
    /** Puts in a number that a program computed, as people write it. */
    put: (more: Partial<Pick<Draft, DraftField | 'unit'>>) => {
      const written = Object.entries(more).map(([name, value]) => [
        name,
        name === 'unit' ? value : grouped(value, text.numbers),
      ]);
      setDraft((before) => ({ ...before, ...Object.fromEntries(written) }));
    },
    setTried,
    /** For the next one: everything but how much. */
    clear: () => {
      setTried(false);
      setDraft((before) => ({ ...before, amount: '' }));
    },
  };
};

export type Drafting = ReturnType<typeof useDraft>;
