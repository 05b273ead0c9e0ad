import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useOnline } from '../parts.js';
import { usePortfoliosText } from '../text/portfolios/use-portfolios-text.js';
import { type AwaitedShape, PortfolioBones } from './portfolio-bones.js';
import { refusalOf } from './refusal.js';

interface AskedProps<Answer> {
  readonly query: UseQueryResult<Answer>;
  /** Of what is on its way. Default a card. */
  readonly shape?: AwaitedShape;
  readonly children: (answer: Answer) => ReactNode;
}

/** What was asked for; until it is here, that it is on its way, or why not and a way to try again. */
export const Asked = <Answer,>({ query, shape = 'card', children }: AskedProps<Answer>) => {
  const text = usePortfoliosText();
  const online = useOnline();
  // Told until it is here: while it is asked for again, nothing that is read or has the focus goes away.
  const [told, setTold] = useState(query.error);
  if (query.error !== null && query.error !== told) setTold(query.error);
  if (query.data !== undefined) return children(query.data);
  if (told === null && online) return <PortfolioBones shape={shape} />;
  return (
    <div className="card asked-in-vain" role="alert">
      <p>{told === null ? text.noAnswer : refusalOf(told, text).words}</p>
      <button type="button" className="button small" onClick={() => void query.refetch()}>
        {text.tryAgain}
      </button>
    </div>
  );
};
