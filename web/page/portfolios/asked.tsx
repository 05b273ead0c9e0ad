import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useOnline } from '../parts.js';
import { usePortfoliosText } from '../text/portfolios/use-portfolios-text.js';
import { refusalOf } from './refusal.js';

interface AskedProps<Answer> {
  readonly query: UseQueryResult<Answer>;
  readonly children: (answer: Answer) => ReactNode;
}

/** What was asked for; until it is here, that it is on its way, or why not and a way to try again. */
export const Asked = <Answer,>({ query, children }: AskedProps<Answer>) => {
  const text = usePortfoliosText();
  const online = useOnline();
  if (query.data !== undefined) return children(query.data);
  if (!query.isError && online)
    return <div className="card bone portfolio-bone" role="status" aria-label={text.working} />;
  return (
    <div className="card asked-in-vain" role="alert">
      <p>{query.isError ? refusalOf(query.error, text).words : text.noAnswer}</p>
      <button type="button" className="button small" onClick={() => void query.refetch()}>
        {text.tryAgain}
      </button>
    </div>
  );
};
