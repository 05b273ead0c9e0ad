import type { PortfolioView } from '../live/portfolio-view.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { AttentionList } from './attention-list.js';
import { MoverList } from './mover-list.js';

/** What stands beside the holdings, or below them where there is no room: loaded after the first picture. */
export const HomeSide = ({ view }: { readonly view: PortfolioView }) => (
  <>
    <CardBoundary>
      <AttentionList view={view} />
    </CardBoundary>
    <CardBoundary>
      <MoverList rows={view.rows} asOfMs={view.asOfMs} />
    </CardBoundary>
  </>
);
