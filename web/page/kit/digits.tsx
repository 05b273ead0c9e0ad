import type { Direction } from '@tickfolio/lib/look/change';
import { memo } from 'react';
import { Figure, useBreaks } from '../text/figure.js';

interface DigitsProps {
  readonly text: string;
  readonly direction: Direction;
  /** Each new count flashes once. */
  readonly ticks: number;
}

/** A number that flashes briefly when it changes. Its figures are all of one width, so nothing moves. */
export const Digits = memo(({ text, direction, ticks }: DigitsProps) => {
  const breaks = useBreaks();
  return ticks === 0 ? (
    <Figure>{text}</Figure>
  ) : (
    // In turns, so that a new change begins the flash anew without a new element.
    <span className={`digits ${direction}`} translate="no" data-flash={ticks % 2}>
      {breaks(text)}
    </span>
  );
});
