import { usePortfoliosText } from '../text/portfolios/use-portfolios-text.js';
import type { Portfolio } from './portfolio-calls.js';

/** Says of what is not owned that it is not: nobody takes paper money for real money. */
export const KindMark = ({ of: { kind } }: { readonly of: Pick<Portfolio, 'kind'> }) => {
  const text = usePortfoliosText();
  if (kind === 'tracking') return null;
  return <span className={kind === 'paper' ? 'pill' : 'tag'}>{text.kinds[kind]}</span>;
};
