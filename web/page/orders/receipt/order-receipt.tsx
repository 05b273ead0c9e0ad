import { DialogDismiss, DialogHeading } from '@ariakit/react';
import { useQuery } from '@tanstack/react-query';
import type { FillsAnswer, ProofAnswer } from '@tickfolio/api/order-parts';
import { formatDecimal } from '@tickfolio/lib/money';
import { faultText } from '../../kit/fault-text.js';
import { useParts } from '../../parts.js';
import { CopyButton } from '../../receipt/copy-button.js';
import { ExactFigure } from '../../receipt/exact-figure.js';
import { CardBoundary } from '../../shell/card-boundary.js';
import { PageDialog } from '../../shell/page-dialog.js';
import { useSpeaking } from '../../text/language.js';
import { marketPair, type Pair } from '../../text/pair.js';
import { useReceiptText } from '../../text/receipt/use-receipt-text.js';
import { useTradeText } from '../../text/trade/use-trade-text.js';
import { type Order, orderPath } from '../order-calls.js';
import { type CheckedFill, checkedFills } from './checked-fills.js';

/** As many as are read; an order is filled by a few, mostly. */
const maxFills = 500;

const FillLine = ({
  checked: { fill, trade, isRight },
  pair,
}: {
  readonly checked: CheckedFill;
  readonly pair: Pair;
}) => {
  const { times } = useSpeaking();
  const text = useTradeText();
  const receipt = useReceiptText();
  const { base, quote } = pair;
  const at = times.full(Date.parse(fill.tradedAt));
  return (
    <li className={`receipt-line ${isRight ? '' : 'unequal'}`} data-trade={fill.tradeId ?? undefined}>
      <p className="receipt-term">
        <ExactFigure amount={fill.quantity} unit={base} isPrivate />
        <span>{' × '}</span>
        <ExactFigure amount={fill.price} unit={quote} />
        <span>{' = '}</span>
        <ExactFigure amount={fill.quote} unit={quote} className="strong" isPrivate />
      </p>
      <p className="receipt-source">
        {fill.fee === null || fill.feeAsset === null ? (
          <span>{text.feeLater}</span>
        ) : (
          <>
            <span>{fill.maker ? text.feeResting : text.feeTaking}</span>{' '}
            <ExactFigure amount={fill.fee} unit={fill.feeAsset} isPrivate />
          </>
        )}
      </p>
      <p className="receipt-source">
        <span>{fill.tradeId === null ? at : receipt.tradeOf(marketPair(pair), fill.tradeId.toString(), at)}</span>
      </p>
      {trade && (
        <p className="receipt-source">
          <span>{trade.buyerIsMaker ? text.sellerTook : text.buyerTook}</span>{' '}
          <ExactFigure amount={trade.tradeQuantity} unit={base} />
          <span>{' × '}</span>
          <ExactFigure amount={trade.tradePrice} unit={quote} />
        </p>
      )}
    </li>
  );
};

interface ContentProps {
  readonly order: Order;
  readonly pair: Pair;
  readonly fills: FillsAnswer['fills'];
  readonly proof: ProofAnswer | undefined;
}

const Content = ({ order, pair, fills, proof }: ContentProps) => {
  const text = useTradeText();
  const receipt = useReceiptText();
  const here = checkedFills(order, fills, proof);
  if (fills.length === 0) return <p>{text.nothingFilled}</p>;
  return (
    <>
      <p className="receipt-total">
        <ExactFigure amount={formatDecimal(here.quantity)} unit={pair.base} isPrivate /> <span>{text.forMoney}</span>{' '}
        <ExactFigure amount={formatDecimal(here.quote)} unit={pair.quote} isPrivate />
      </p>
      {here.isEqual ? (
        <p className="receipt-check equal" role="status">
          <span aria-hidden="true">✓</span> <span>{receipt.computedEqual}</span>
        </p>
      ) : (
        <div className="receipt-check unequal" role="alert">
          <p>
            <strong>{receipt.computedUnequal}</strong>
          </p>
          <p>{receipt.unequalAdvice}</p>
        </div>
      )}
      <ol className="receipt-lines">
        {here.fills.map((checked) => (
          <FillLine key={checked.fill.id} checked={checked} pair={pair} />
        ))}
      </ol>
      {proof?.model === 'tape' && proof.verify !== '' && (
        <div className="receipt-proof">
          <p className="receipt-source">{order.simulatedPrices ? text.provenSimulated : text.proven}</p>
          <p className="receipt-source">
            <code>{proof.verify}</code> <CopyButton of={proof.verify} />
          </p>
        </div>
      )}
    </>
  );
};

interface OrderReceiptProps {
  readonly order: Order;
  readonly pair: Pair;
  /** The order in words. */
  readonly about: string;
  readonly onClose: () => void;
}

/** By which public trades an order was filled, added up again here. */
export const OrderReceipt = ({ order, pair, about, onClose }: OrderReceiptProps) => {
  const text = useTradeText();
  const receipt = useReceiptText();
  const { session } = useParts();
  const path = orderPath(order.id);
  /** Each opening asks anew, and every change of the order. */
  const anew = { gcTime: 0, staleTime: Number.POSITIVE_INFINITY };
  const fills = useQuery({
    queryKey: ['order-fills', order.id, order.version],
    queryFn: async () => (await session.call<FillsAnswer>('GET', `${path}/fills?limit=${maxFills}`)).fills,
    ...anew,
  });
  const proof = useQuery({
    queryKey: ['order-proof', order.id, order.version],
    queryFn: () => session.call<ProofAnswer>('GET', `${path}/proof`),
    ...anew,
  });
  const error = fills.error ?? proof.error;
  const isFetching = fills.isFetching || proof.isFetching;
  const retry = () => {
    if (fills.isError) void fills.refetch();
    if (proof.isError) void proof.refetch();
  };
  return (
    <PageDialog onClose={onClose} className="receipt">
      <header className="dialog-head">
        <DialogHeading className="dialog-title">
          <span>{receipt.receiptTitle}</span> <span className="receipt-about">{about}</span>
        </DialogHeading>
        <DialogDismiss className="icon-button" aria-label={receipt.close}>
          ✕
        </DialogDismiss>
      </header>
      <p className="receipt-as-of">
        <span className="pill">{text.paperMoney}</span>
      </p>
      {isFetching && !fills.data && <p aria-live="polite">{receipt.working}</p>}
      {fills.data && (
        <CardBoundary about={order.id}>
          <Content order={order} pair={pair} fills={fills.data} proof={proof.data} />
        </CardBoundary>
      )}
      {error && !isFetching && (
        <div className="dialog-actions">
          <p role="alert">{faultText(error, receipt)}</p>
          <button type="button" className="button" onClick={retry}>
            {receipt.tryAgain}
          </button>
        </div>
      )}
    </PageDialog>
  );
};
