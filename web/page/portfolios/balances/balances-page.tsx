import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Suspense, useCallback, useState } from 'react';
import { latePart } from '../../kit/late-part.js';
import { useSpeaking } from '../../text/language.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { defaultName } from '../addresses.js';
import { Asked } from '../asked.js';
import type { Portfolio } from '../portfolio-calls.js';
import { availableOf, targetsOf } from '../transferable.js';
import { type Balances, useBalances } from '../use-balances.js';
import { usePortfolios } from '../use-portfolios.js';
import { balanceRows } from './balance-rows.js';
import { BalanceTable } from './balance-table.js';
import { BalancesHead } from './balances-head.js';
import { OldBalances } from './old-balances.js';

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
  readonly balances: Balances;
  readonly onFund: () => void;
}

const Content = ({ portfolio, balances, onFund }: ContentProps) => {
  const { text } = useSpeaking();
  const rows = balanceRows(balances, text.numbers);
  if (rows.length === 0) return <NothingIn portfolio={portfolio} onFund={onFund} />;
  return <BalanceTable name={portfolio.name} rows={rows} />;
};

const Opened = ({ portfolio }: { readonly portfolio: Portfolio }) => {
  const { data: all = [] } = usePortfolios();
  const query = useBalances(portfolio.id, portfolio.archivedAt === null);
  const [open, setOpen] = useState<'fund' | 'transfer'>();
  const close = useCallback(() => setOpen(undefined), []);
  const { data } = query;
  const targets = targetsOf(portfolio, all);
  const canFund = portfolio.kind === 'paper' && portfolio.archivedAt === null;
  const canTransfer = targets.length > 0 && data !== undefined && availableOf(data).size > 0;
  return (
    <>
      <BalancesHead
        portfolio={portfolio}
        balances={data}
        onFund={canFund ? () => setOpen('fund') : undefined}
        onTransfer={canTransfer ? () => setOpen('transfer') : undefined}
      />
      <OldBalances query={query} />
      <Asked query={query}>
        {(balances) => <Content portfolio={portfolio} balances={balances} onFund={() => setOpen('fund')} />}
      </Asked>
      <Suspense>
        {open === 'fund' && <FundDialog portfolio={portfolio} onClose={close} />}
        {open === 'transfer' && data && (
          <TransferDialog from={portfolio} balances={data} targets={targets} onClose={close} />
        )}
      </Suspense>
    </>
  );
};

/** What is in a portfolio that is not live, and what can be done with it. */
export const BalancesPage = ({ query }: { readonly query: UseQueryResult<Portfolio> }) => (
  <Asked query={query}>{(portfolio) => <Opened portfolio={portfolio} />}</Asked>
);
