import { memo } from 'react';
import type { Direction } from '../live/portfolio-view.js';

interface DigitsProps {
  readonly text: string;
  readonly direction: Direction;
  /** Each new count flashes once. */
  readonly ticks: number;
}

/** A number that flashes briefly when it changes. Its figures are all of one width, so nothing moves. */
export const Digits = memo(({ text, direction, ticks }: DigitsProps) => (
  // Two names of one animation, so that a new change begins it anew without a new element.
  <span className={ticks === 0 ? 'digits' : `digits flash-${direction}-${ticks % 2}`}>{text}</span>
));
