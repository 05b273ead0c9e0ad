import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Suspense, useCallback, useState } from 'react';
import { latePart } from '../../kit/late-part.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { TotalLacks } from '../../text/total-lacks.js';
import { allName, defaultName } from '../addresses.js';
import { Asked } from '../asked.js';
import type { Portfolio } from '../portfolio-calls.js';
import { availableOf, targetsOf } from '../transferable.js';
import { usePortfolios } from '../use-portfolios.js';
import { type BalanceRow, balanceRows, lackingOf } from './balance-rows.js';
import { BalanceTable } from './balance-table.js';
import { BalancesHead } from './balances-head.js';
import { DayOfAll } from './day-of-all.js';
import { OldBalances } from './old-balances.js';
import { useLiveBalances } from './use-live-balances.js';

const FundDialog = latePart(() => import('../dialogs/fund-dialog.js').then(({ FundDialog: found }) => found));
const TransferDialog = latePart(() =>
  import('../dialogs/transfer-dialog.js').then(({ TransferDialog: found }) => found),
);

/** What stands where balances would, while there are none: the next step. */
const NothingIn = ({
  portfolio: { kind, archivedAt },
  onFund,
}: {
  readonly portfolio: Portfolio;
  readonly onFund: () => void;
}) => {
  const text = usePortfoliosText();
  const words = () => {
    if (archivedAt !== null) return text.archivedEmpty;
    return kind === 'paper' ? text.paperEmpty : text.trackingEmpty;
  };
  return (
    <section className="card empty">
      <h2>{text.nothingIn}</h2>
      <p>{words()}</p>
      {archivedAt === null && kind === 'paper' && (
        <button type="button" className="button primary" onClick={onFund}>
          {text.fund}
        </button>
      )}
      {archivedAt === null && kind === 'tracking' && (
        <Link to="/portfolios/$portfolio" params={{ portfolio: defaultName }} className="button">
          {text.toFirst}
        </Link>
      )}
    </section>
  );
};

interface ContentProps {
  readonly portfolio: Portfolio;
  readonly rows: readonly BalanceRow[];
  readonly whyNoValues: string;
  readonly onFund: () => void;
}

const Content = ({ portfolio, rows, whyNoValues, onFund }: ContentProps) =>
  rows.length === 0 ? (
    <NothingIn portfolio={portfolio} onFund={onFund} />
  ) : (
    <BalanceTable portfolioId={portfolio.id} name={portfolio.name} rows={rows} whyNoValues={whyNoValues} />
  );

const Opened = ({ portfolio }: { readonly portfolio: Portfolio }) => {
  const text = usePortfoliosText();
  const { data: all = [] } = usePortfolios();
  const { query, balances, isOfOtherPrices, store, oldSinceMs } = useLiveBalances(portfolio);
  const rows = balances && balanceRows(balances, text.numbers);
  const [open, setOpen] = useState<'fund' | 'transfer'>();
  const close = useCallback(() => setOpen(undefined), []);
  const targets = targetsOf(portfolio, all);
  const canFund = portfolio.kind === 'paper' && portfolio.archivedAt === null;
  const canTransfer = targets.length > 0 && query.data !== undefined && availableOf(query.data).size > 0;
  return (
    <>
      <BalancesHead
        portfolio={portfolio}
        balances={balances}
        isAwaited={!query.isError}
        onFund={canFund ? () => setOpen('fund') : undefined}
        onTransfer={canTransfer ? () => setOpen('transfer') : undefined}
      />
      {portfolio.id === allName && store && <DayOfAll store={store} />}
      {balances && <TotalLacks coins={lackingOf(balances)} />}
      {portfolio.id === allName && <p className="portfolio-note">{text.everythingHint}</p>}
      {balances && oldSinceMs !== undefined && (
        <OldBalances sinceMs={oldSinceMs} onRetry={() => void query.refetch()} />
      )}
      {rows ? (
        <Content
          portfolio={portfolio}
          rows={rows}
          whyNoValues={
            isOfOtherPrices ? text.otherPrices[portfolio.simulated ? 'simulated' : 'real'] : text.noValuesYet
          }
          onFund={() => setOpen('fund')}
        />
      ) : (
        <Asked query={query}>{() => null}</Asked>
      )}
      <Suspense>
        {open === 'fund' && <FundDialog portfolio={portfolio} balances={query.data} onClose={close} />}
        {open === 'transfer' && query.data && (
          <TransferDialog from={portfolio} balances={query.data} targets={targets} onClose={close} />
        )}
      </Suspense>
    </>
  );
};

/** What is in a portfolio of which frames come only while it is shown, and what can be done with it. */
export const BalancesPage = ({ query }: { readonly query: UseQueryResult<Portfolio> }) => (
  <Asked query={query} shape="page">
    {(portfolio) => <Opened portfolio={portfolio} />}
  </Asked>
);
