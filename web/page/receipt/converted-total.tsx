import { money } from '@tickfolio/lib/look/amount';
import { divide } from '@tickfolio/lib/money';
import { useChoice } from '../display/choice.js';
import { currencyChoice } from '../display/choices.js';
import { exact } from '../text/exact.js';
import { Figure } from '../text/figure.js';
import { useSpeaking } from '../text/language.js';
import { useReceiptText } from '../text/receipt/use-receipt-text.js';
import { ExactFigure } from './exact-figure.js';
import type { AnyReceipt } from './recomputed.js';

/** Decimals of a converted amount: those of the smallest coins. */
const convertedScale = 8;

/** What the total is in the currency that amounts are shown in, with the price that this stands on. */
export const ConvertedTotal = ({ receipt: { rows, total } }: { readonly receipt: AnyReceipt }) => {
  const { times } = useSpeaking();
  const text = useReceiptText();
  const currency = useChoice(currencyChoice);
  const price = rows.find(({ baseAsset, quoteAsset }) => baseAsset === currency && quoteAsset === 'USDT')?.price;
  if (!price) return null;
  const amount = divide(exact(total), exact(price.price), convertedScale);
  return (
    <div className="receipt-converted">
      <p>
        <Figure isPrivate>{`≈ ${money(amount, text.numbers)} ${currency}`}</Figure> <span>{text.convertedAt}</span>{' '}
        <ExactFigure amount={price.price} unit="USDT" />
      </p>
      <p className="receipt-source">
        {text.tradeOf(`${currency}/USDT`, price.tradeId.toString(), times.full(Date.parse(price.priceTime)))}
      </p>
    </div>
  );
};
