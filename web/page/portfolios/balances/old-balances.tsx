import type { UseQueryResult } from '@tanstack/react-query';
import { useOnline, useParts } from '../../parts.js';
import { useSpeaking } from '../../text/language.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import type { Balances } from '../use-balances.js';

/** Says of what is shown since when it has not been brought up to date, where it could not be. */
export const OldBalances = ({ query }: { readonly query: UseQueryResult<Balances> }) => {
  const text = usePortfoliosText();
  const { times } = useSpeaking();
  const { clock } = useParts();
  const online = useOnline();
  const { data, isError, dataUpdatedAt } = query;
  if (!data || (online && !isError)) return null;
  return (
    <div className="portfolio-note asked-in-vain" role="status">
      <p>{text.balancesOld(times.near(dataUpdatedAt, clock.now()))}</p>
      <button type="button" className="button small" onClick={() => void query.refetch()}>
        {text.tryAgain}
      </button>
    </div>
  );
};
