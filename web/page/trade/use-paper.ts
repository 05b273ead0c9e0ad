import { useLive } from '../parts.js';
import type { Portfolio } from '../portfolios/portfolio-calls.js';
import { usePortfolios } from '../portfolios/use-portfolios.js';

/** Portfolios of paper money that live at the prices of now: orders are for those alone. */
export const usePaper = (wanted: string | undefined) => {
  const query = usePortfolios();
  const isSimulated = useLive(({ view }) => view?.simulated);
  const papers = query.data?.filter(({ kind, simulated }) => kind === 'paper' && simulated === isSimulated);
  const chosen: Portfolio | undefined =
    papers?.find(({ id }) => id === wanted) ?? papers?.find(({ isDefault }) => isDefault) ?? papers?.[0];
  return { query, papers, chosen };
};
