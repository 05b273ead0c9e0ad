import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import { and, asc, eq, gt, notInArray, or, sql } from 'drizzle-orm';
import { sagas } from '../schema.js';
import type { InFlight, OrdersTally } from './check.js';
import { firstId } from './order-check.js';

const pageRows = 500;
/** So long something may wait while portfolio answers. */
const waitSeconds = 60;

/**
 * Nothing that is to be done for an order waits for long while portfolio answers, and nothing is stuck (A13).
 * @param answers whether portfolio does
 */
export const checkSagas = async (
  { db, time }: { readonly db: Database; readonly time: DatabaseTime },
  tally: OrdersTally,
  inFlight: InFlight,
  answers: boolean,
): Promise<void> => {
  const isOld = sql<boolean>`${sagas.stepAt} <= ${time()} - make_interval(secs => ${waitSeconds})`;
  for (let after = firstId; ; ) {
    const rows = await db
      .select({ id: sagas.id, step: sagas.step, lastError: sagas.lastError, isOld })
      .from(sagas)
      .where(
        and(gt(sagas.id, after), or(eq(sagas.step, 'stuck'), notInArray(sagas.step, ['working', 'done', 'stuck']))),
      )
      .orderBy(asc(sagas.id))
      .limit(pageRows);
    tally.checked('A13', rows.length);
    for (const { id, step, lastError, isOld: old } of rows) {
      const why = lastError === null ? '' : `: ${lastError}`;
      if (step === 'stuck') tally.fault('A13', 'mismatch', `the order ${id} is stuck${why}`);
      else if (old && answers)
        tally.fault('A13', 'mismatch', `the order ${id} is ${step} for more than ${waitSeconds} s${why}`);
      else inFlight.add('A13', 1);
    }
    after = rows.at(-1)?.id ?? after;
    if (rows.length < pageRows) return;
  }
};
