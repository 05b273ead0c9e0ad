import type { ReactNode } from 'react';
import { useLive, useParts } from '../parts.js';
import { PageHeading } from '../shell/page-heading.js';
import { useText } from '../text/language.js';
import { CashApart } from './cash-apart.js';
import { Freshness } from './freshness.js';

interface EmptyPortfolioProps {
  readonly onAdd: () => void;
  /** Other ways to go on. */
  readonly children: ReactNode;
}

/** What stands where holdings would, while there are none: the next step. */
export const EmptyPortfolio = ({ onAdd, children }: EmptyPortfolioProps) => {
  const text = useText();
  const { store } = useParts();
  const view = useLive((state) => state.view);
  /** Something was held before. */
  const isEmptied = (store.frame?.Version ?? 0) > 0;
  return (
    <section className="card empty">
      <svg viewBox="0 0 160 80" className="empty-picture" aria-hidden="true">
        <path d="M8 62 40 44l24 10 28-32 22 14 38-26" />
        <circle cx="152" cy="10" r="6" />
      </svg>
      <PageHeading title={isEmptied ? text.emptiedTitle : text.emptyTitle} />
      <p>{text.emptyText}</p>
      <button type="button" className="button primary" onClick={onAdd}>
        {text.addCoin}
      </button>
      {view && <CashApart of={view} />}
      {children}
      <Freshness of={undefined} about="value" />
    </section>
  );
};
