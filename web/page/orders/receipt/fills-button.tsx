import { isZero } from '@tickfolio/lib/money';
import { Suspense, useCallback, useState } from 'react';
import { useDiscreet } from '../../display/choices.js';
import { latePart } from '../../kit/late-part.js';
import { exact } from '../../text/exact.js';
import { hiddenAmount } from '../../text/figure.js';
import type { Pair } from '../../text/pair.js';
import { useTradeText } from '../../text/trade/use-trade-text.js';
import type { Order } from '../order-calls.js';
import { orderWords } from '../order-words.js';

const OrderReceipt = latePart(() => import('./order-receipt.js').then(({ OrderReceipt: found }) => found));

/** The small "=" beside what is filled of an order: by which trades. Not there where nothing is. */
export const FillsButton = ({ order, pair }: { readonly order: Order; readonly pair: Pair }) => {
  const text = useTradeText();
  const isDiscreet = useDiscreet();
  const [open, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  if (isZero(exact(order.filledQuantity))) return null;
  const about = orderWords(order, pair, text, isDiscreet ? hiddenAmount : undefined);
  const label = text.fillsOf(about);
  return (
    <>
      <button
        type="button"
        className="receipt-button"
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      />
      <Suspense>{open && <OrderReceipt {...{ order, pair, about }} onClose={close} />}</Suspense>
    </>
  );
};
