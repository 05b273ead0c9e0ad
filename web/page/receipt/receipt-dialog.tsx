import { DialogDismiss, DialogHeading } from '@ariakit/react';
import { useQuery } from '@tanstack/react-query';
import { isProblem } from '@tickfolio/client/problem';
import { coinName } from '@tickfolio/lib/market/asset-names';
import { add, formatDecimal, isZero } from '@tickfolio/lib/money';
import { faultText } from '../kit/fault-text.js';
import { useParts } from '../parts.js';
import { CardBoundary } from '../shell/card-boundary.js';
import type { ReceiptOf } from '../shell/open-dialog.js';
import { PageDialog } from '../shell/page-dialog.js';
import { exact } from '../text/exact.js';
import { useSpeaking } from '../text/language.js';
import { nameAmong } from '../text/pair.js';
import { useReceiptText } from '../text/receipt/use-receipt-text.js';
import { TotalLacks } from '../text/total-lacks.js';
import { ConvertedTotal } from './converted-total.js';
import { CopyButton } from './copy-button.js';
import { ExactFigure } from './exact-figure.js';
import { ReceiptCheck } from './receipt-check.js';
import { ReceiptLine, UsdtLine } from './receipt-line.js';
import { type AnyReceipt, type ReceiptRow, recomputed } from './recomputed.js';

const nameOf = ({ baseAsset: base, quoteAsset: quote }: ReceiptRow): string =>
  nameAmong(coinName(base) ?? base, { base, quote });

/** The receipt of one holding: its rows alone, and the sum of what the server says of them. */
const narrowed = (receipt: AnyReceipt, of: ReceiptOf | undefined): AnyReceipt => {
  if (!of) return receipt;
  const { usdt = '0' } = 'asset' in of && of.asset === 'USDT' ? receipt : {};
  const rows = receipt.rows.filter((row) => ('symbol' in of ? row.symbol === of.symbol : row.baseAsset === of.asset));
  const total = rows.reduce((sum, row) => (row.total === null ? sum : add(sum, exact(row.total))), exact(usdt));
  return { ...receipt, rows, usdt, total: formatDecimal(total) };
};

/** What a receipt is of, in words; undefined where it is of nothing. */
const aboutOf = (of: ReceiptOf, [first, ...others]: readonly ReceiptRow[] = []): string | undefined => {
  if (first) return others.length === 0 ? nameOf(first) : (coinName(first.baseAsset) ?? first.baseAsset);
  return 'asset' in of ? (coinName(of.asset) ?? of.asset) : undefined;
};

const Content = ({ receipt, isWhole }: { readonly receipt: AnyReceipt; readonly isWhole: boolean }) => {
  const { times } = useSpeaking();
  const text = useReceiptText();
  const here = recomputed(receipt);
  const { rows, total, asOf, simulated, usdt = '0' } = receipt;
  const isAnyUsdt = !isZero(exact(usdt));
  if (rows.length === 0 && !isAnyUsdt) return <p>{isWhole ? text.nothingToAdd : text.nothingToCompute}</p>;
  const summed = here.lines.filter((line) => line.total !== undefined).length + (isAnyUsdt ? 1 : 0);
  return (
    <>
      <p className="receipt-as-of">
        <span>{text.receiptAsOf(times.full(Date.parse(asOf)))}</span>{' '}
        {simulated && <span className="pill">{text.simulatedShort}</span>}
      </p>
      {summed > 0 && (
        <p className="receipt-total">
          <ExactFigure amount={total} unit="USDT" isPrivate /> <CopyButton of={total} />
        </p>
      )}
      {summed > 0 && <TotalLacks coins={rows.filter((row) => row.total === null).map(nameOf)} />}
      <ReceiptCheck said={total} here={here} />
      <ol className="receipt-lines">
        {isAnyUsdt && <UsdtLine amount={usdt} />}
        {here.lines.map((line, at) => (
          // Money may have the market of an asset.
          <ReceiptLine key={`${line.row.symbol} ${at.toString()}`} line={line} />
        ))}
      </ol>
      {rows.length + (isAnyUsdt ? 1 : 0) > 1 && (
        <p className="receipt-sum">
          <span>{text.sumOf(summed)}</span> <ExactFigure amount={total} unit="USDT" className="strong" isPrivate />
        </p>
      )}
      <ConvertedTotal receipt={receipt} />
    </>
  );
};

const pathOf = (portfolioId: string | undefined): string =>
  portfolioId === undefined ? 'profile' : `portfolios/${encodeURIComponent(portfolioId)}`;

interface ReceiptDialogProps {
  /** Undefined for the total. */
  readonly of: ReceiptOf | undefined;
  /** Undefined for the default one. */
  readonly portfolioId: string | undefined;
  readonly onClose: () => void;
}

/** How an amount comes about, of one moment: it stands still while it is read. */
export const ReceiptDialog = ({ of, portfolioId, onClose }: ReceiptDialogProps) => {
  const text = useReceiptText();
  const { session } = useParts();
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['receipt', portfolioId],
    queryFn: () => session.call<AnyReceipt>('GET', `/api/v1/${pathOf(portfolioId)}/receipt`),
    // Each opening asks anew, and nothing else does.
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const receipt = data && narrowed(data, of);
  const about = of ? receipt && aboutOf(of, receipt.rows) : text.totalValue;
  const fault = isProblem(error, 409) ? text.livesElsewhere : faultText(error, text);
  return (
    <PageDialog onClose={onClose} className="receipt">
      <header className="dialog-head">
        <DialogHeading className="dialog-title">
          <span>{text.receiptTitle}</span> {about !== undefined && <span className="receipt-about">{about}</span>}
        </DialogHeading>
        <DialogDismiss className="icon-button" aria-label={text.close}>
          ✕
        </DialogDismiss>
      </header>
      {!receipt && isFetching && <p aria-live="polite">{text.working}</p>}
      {error && !isFetching && <p role="alert">{fault}</p>}
      {receipt && (
        <CardBoundary about={receipt.asOf}>
          <Content receipt={receipt} isWhole={!of} />
        </CardBoundary>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" disabled={isFetching} onClick={() => void refetch()}>
          {receipt ? text.computeAnew : text.tryAgain}
        </button>
      </div>
    </PageDialog>
  );
};
