import { AppError } from '@tickfolio/lib/errors';
import type { TickerLines } from './ticker-lines.js';

/** One row that ClickHouse refuses alone. */
export interface RefusedRow {
  /** A single line. */
  readonly line: TickerLines;
  /** In ClickHouse's words. */
  readonly reason: string;
}

export interface StoreHalves {
  /** @throws AppError `invalid_argument` when ClickHouse blames one of the rows, and others, which end the search. */
  readonly store: (lines: TickerLines) => Promise<void>;
  /** Resolves once the table takes a row that it has taken before; false where it has none yet. */
  readonly prove: () => Promise<boolean>;
  readonly maxRefused: number;
}

/** Some rows are bad for their own sake; where many are, something else is wrong. Of a batch, and at least so many. */
const [maxShare, alwaysAllowed] = [0.02, 10];

/** How many rows of a batch may be refused before it is the table that is doubted. */
export const maxRefusedOf = (rows: number): number => Math.max(alwaysAllowed, Math.floor(rows * maxShare));

/**
 * Stores rows; where ClickHouse refuses some for what they are, halves them until those are found. A row is bad only
 * when it is refused and another one is taken: else it is the table that takes nothing.
 * @returns what is refused alone; everything else is stored
 * @throws AppError `failed_precondition` when more are refused than can be for their own sake, or all and no other was
 * ever taken
 */
export const storeHalves = async (
  lines: TickerLines,
  { store, prove, maxRefused }: StoreHalves,
): Promise<readonly RefusedRow[]> => {
  const refused: RefusedRow[] = [];
  let proven = false;
  const refusalOf = (part: TickerLines): Promise<string | undefined> =>
    store(part).then(
      () => undefined,
      (err: unknown) => {
        if (err instanceof AppError && err.code === 'invalid_argument') return err.message;
        throw err;
      },
    );
  const halve = async (part: TickerLines): Promise<void> => {
    if ((await refusalOf(part)) === undefined) return;
    const half = part.messages.length >> 1;
    if (half > 0) {
      await halve(part.slice(0, half));
      await halve(part.slice(half));
      return;
    }
    proven = await prove();
    // The proof may have had to wait until the table was mended.
    const reason = await refusalOf(part);
    if (reason === undefined) return;
    refused.push({ line: part, reason });
    if (refused.length > maxRefused)
      throw new AppError(
        'failed_precondition',
        `ClickHouse refuses more than ${maxRefused} rows of one batch, such as one for this: ${reason}`,
      );
  };
  await halve(lines);
  const [first] = refused;
  if (first && !proven && refused.length === lines.messages.length)
    throw new AppError(
      'failed_precondition',
      `ClickHouse refuses the first rows that this table is given: ${first.reason}`,
    );
  return refused;
};
