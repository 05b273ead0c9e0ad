import { useParts } from '../../parts.js';
import { useSpeaking } from '../../text/language.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';

interface OldBalancesProps {
  /** By this computer's clock, epoch milliseconds. */
  readonly sinceMs: number;
  readonly onRetry: () => void;
}

/** Says of what is shown since when it has not been brought up to date, where it could not be. */
export const OldBalances = ({ sinceMs, onRetry }: OldBalancesProps) => {
  const text = usePortfoliosText();
  const { times } = useSpeaking();
  const { clock } = useParts();
  return (
    <div className="portfolio-note asked-in-vain" role="status">
      <p>{text.balancesOld(times.near(sinceMs, clock.now()))}</p>
      <button type="button" className="button small" onClick={onRetry}>
        {text.tryAgain}
      </button>
    </div>
  );
};
