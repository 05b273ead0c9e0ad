import type { ReactNode } from 'react';
import { useText } from '../text/language.js';

type Size = 'short' | 'tall';

/** In the place of a chart that is being read. */
export const ChartBone = ({ size }: { readonly size: Size }) => (
  <div className={`chart-box chart-${size} bone`} role="status">
    <span className="visually-hidden">{useText().working}</span>
  </div>
);

/** Why there is no chart. */
export const ChartNote = ({ children }: { readonly children: ReactNode }) => (
  <div className="panel-note">
    <p>{children}</p>
  </div>
);

interface ChartFaultProps {
  /** What could not be read, in words. */
  readonly children: string;
  readonly onRetry: () => void;
}

/** What went wrong, and a way to try again. */
export const ChartFault = ({ children, onRetry }: ChartFaultProps) => (
  <div className="panel-note">
    <p>{children}</p>
    <button type="button" className="button small" onClick={onRetry}>
      {useText().tryAgain}
    </button>
  </div>
);
