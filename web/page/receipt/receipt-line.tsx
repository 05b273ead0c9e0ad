import { coinName } from '@tickfolio/lib/market/asset-names';
import { formatDecimal } from '@tickfolio/lib/money';
import { CoinBadge } from '../kit/coin-badge.js';
import { priceWords } from '../kit/price-words.js';
import { useSpeaking } from '../text/language.js';
import { nameAmong } from '../text/pair.js';
import { useReceiptText } from '../text/receipt/use-receipt-text.js';
import { ExactFigure } from './exact-figure.js';
import type { Line, ReceiptRow } from './recomputed.js';

interface SourceProps {
  /** Which market it is of. */
  readonly pair: string;
  readonly price: NonNullable<ReceiptRow['price']>;
}

/** Where a price comes from: a trade that everybody can look up at the exchange. */
const Source = ({ pair, price }: SourceProps) => {
  const { times } = useSpeaking();
  const text = useReceiptText();
  return (
    <p className="receipt-source">
      <span>{text.tradeOf(pair, price.tradeId.toString(), times.full(Date.parse(price.priceTime)))}</span>
    </p>
  );
};

/** Quantity × price = total, and where the price comes from. */
export const ReceiptLine = ({ line: { row, total, isEqual } }: { readonly line: Line }) => {
  const text = useReceiptText();
  const { baseAsset: base, quoteAsset: quote, quantity, price, conversion, priceState } = row;
  const pair = `${base}/${quote}`;
  const state = priceState === 'live' ? undefined : priceState;
  return (
    <li className={`receipt-line ${isEqual ? '' : 'unequal'}`} data-symbol={row.symbol}>
      <p className="receipt-name">
        <CoinBadge asset={base} />
        <span translate="no">{nameAmong(coinName(base) ?? base, { base, quote })}</span>
        {state !== undefined && <span className="tag">{priceWords({ state, stateOf: undefined }, text).word}</span>}
      </p>
      <p className="receipt-term">
        <ExactFigure amount={quantity} unit={base} isPrivate />
        {price && (
          <>
            <span>{' × '}</span>
            <ExactFigure amount={price.price} unit={quote} />
          </>
        )}
        {conversion?.price && (
          <>
            <span>{' × '}</span>
            <ExactFigure amount={conversion.price.price} unit="USDT" />
          </>
        )}
        {total && (
          <>
            <span>{' = '}</span>
            <ExactFigure amount={formatDecimal(total)} unit="USDT" className="strong" isPrivate />
          </>
        )}
      </p>
      {!total && <p className="receipt-source">{text.notInSum}</p>}
      {price && <Source pair={pair} price={price} />}
      {conversion?.price && <Source pair={`${quote}/USDT`} price={conversion.price} />}
    </li>
  );
};

/** What of it is USDT already, which needs no price. */
export const UsdtLine = ({ amount }: { readonly amount: string }) => (
  <li className="receipt-line" data-symbol="usdt">
    <p className="receipt-name">
      <CoinBadge asset="USDT" />
      <span translate="no">{coinName('USDT') ?? 'USDT'}</span>
    </p>
    <p className="receipt-term">
      <ExactFigure amount={amount} unit="USDT" className="strong" isPrivate />
    </p>
  </li>
);
