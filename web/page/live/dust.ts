import { compare, parseDecimal } from '@tickfolio/lib/money';
import { exact } from '../text/exact.js';
import type { Holding } from './holdings.js';
import type { Row } from './portfolio-view.js';

/** In USDT. */
const dustLimit = parseDecimal('1');

interface Valued extends Pick<Holding, 'value'> {
  readonly rows: readonly Pick<Row, 'value' | 'pending'>[];
}

/** What is being changed, or has no price on one of its markets, may be worth anything. */
export const isDust = ({ value, rows }: Valued): boolean =>
  value !== undefined &&
  !rows.some((row) => row.pending || row.value === undefined) &&
  compare(exact(value), dustLimit) < 0;
