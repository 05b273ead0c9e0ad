import { memo } from 'react';
import { weekHeight, weekPath, weekWidth } from './week-path.js';

/** The last 7 days without figures; those stand beside it, and colours of up and down there too. */
export const WeekLine = memo(({ prices }: { readonly prices: readonly (string | null)[] | undefined }) =>
  prices?.some((price) => price !== null) ? (
    <svg className="sparkline" viewBox={`0 0 ${weekWidth} ${weekHeight}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={weekPath(prices)} />
    </svg>
  ) : (
    <span className="sparkline" />
  ),
);
