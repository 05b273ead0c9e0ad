import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useId } from 'react';
import { useFaultWords } from '../../security/fault-words.js';
import { useText } from '../../text/language.js';

/** One subject of the settings, with its heading. */
export const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => {
  const id = useId();
  return (
    <section className="card settings part" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
};

interface AskedProps<Answer> {
  readonly query: UseQueryResult<Answer>;
  readonly children: (answer: Answer) => ReactNode;
}

/** What was asked for; until it is here, that it is on its way, or why not and a way to try again. */
export const Asked = <Answer,>({ query, children }: AskedProps<Answer>) => {
  const text = useText();
  const faultWords = useFaultWords();
  if (query.data !== undefined) return children(query.data);
  if (!query.isError)
    return (
      <p className="hint" role="status">
        {text.working}
      </p>
    );
  return (
    <div className="asked-in-vain" role="alert">
      <p>{faultWords(query.error)}</p>
      <button type="button" className="button small" onClick={() => void query.refetch()}>
        {text.tryAgain}
      </button>
    </div>
  );
};
