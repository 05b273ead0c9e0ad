import { AppError } from '@tickfolio/lib/errors';
import type { StartExecution } from './execution.js';

const words = 'No trades are looked at yet.';

/** Where nobody looks at trades: no order is taken, because none would ever be filled. */
export const noTrades: StartExecution = () => ({
  reference: async () => {
    throw new AppError('unavailable', words, { retryAfterMs: 1_000 });
  },
  problem: () => words,
  close: async () => undefined,
});
