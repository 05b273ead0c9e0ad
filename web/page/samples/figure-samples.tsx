import { changeOf } from '@tickfolio/lib/look/change';
import { parseDecimal } from '@tickfolio/lib/money';
import { ChangeMark } from '../kit/change-mark.js';
import { CoinBadge } from '../kit/coin-badge.js';
import { Digits } from '../kit/digits.js';
import { Sparkline } from '../kit/sparkline.js';
import { ExactFigure } from '../receipt/exact-figure.js';
import { QuantityFigure } from '../receipt/quantity-figure.js';
import { ReceiptLine } from '../receipt/receipt-line.js';
import { recomputed } from '../receipt/recomputed.js';
import { CardAmount } from '../text/card-amount.js';
import { useText } from '../text/language.js';
import { isoOf } from '../text/times.js';
import { nowMs } from './sample-parts.js';

const amounts = ['0', '0.00000001', '0.5', '1234.5', '12345678.9', '-98765432100'];

export const AmountSample = () => {
  const { numbers } = useText();
  const quantity = { quantity: '1.123456789012345678', quantityText: `1${numbers.point}12345678…` };
  return (
    <div className="sample-row">
      {amounts.map((amount) => (
        <CardAmount key={amount} className="large" amount={parseDecimal(amount)} />
      ))}
      <QuantityFigure of={quantity} unit="BTC" />
      <ExactFigure amount="68123.451234567890123456" unit="USDT" />
      <Digits text="68,123.45" direction="up" ticks={1} />
    </div>
  );
};

const steps = [
  ['110', '100'],
  ['90', '100'],
  ['100', '100'],
  ['100000000', '1'],
] as const;

export const ChangeSample = () => {
  const { numbers } = useText();
  const changes = steps.map(([now, before]) => changeOf(parseDecimal(now), parseDecimal(before), numbers));
  return (
    <div className="sample-row">
      {changes.map((change) => (
        <ChangeMark key={change.text} change={change} />
      ))}
      {changes.map((change) => (
        <ChangeMark key={change.text} change={change} percentOnly note="…" />
      ))}
    </div>
  );
};

const assets = ['BTC', 'ETH', 'SOL', 'DOGE', 'BNB', 'XRP', 'ADA', 'LINK', 'AVAX', 'DOT', '1INCH', 'EUR'];

export const BadgeSample = () => (
  <div className="sample-row">
    {assets.map((asset) => (
      <CoinBadge key={asset} asset={asset} />
    ))}
  </div>
);

export const SparkSample = () => <Sparkline symbol="btcusdt" />;

const price = (text: string) => ({ price: text, priceTime: isoOf(nowMs), tradeId: 3_735_683_401 });
const receipt = recomputed({
  total: '7734.66',
  rows: [
    {
      ...{ symbol: 'btceur', baseAsset: 'BTC', quoteAsset: 'EUR', quantity: '0.123456789012345678' },
      ...{ priceState: 'live', price: price('62650.5'), total: null },
      conversion: { symbol: 'eurusdt', price: price('1.08') },
    },
  ],
});

export const ReceiptSample = () => (
  <ol className="receipt-lines">
    {receipt.lines.map((line) => (
      <ReceiptLine key={line.row.symbol} line={line} />
    ))}
  </ol>
);
