import { AppError } from '@tickfolio/lib/errors';

/** Calls that are open at once, up to a bound. */
export interface OpenCalls {
  /** @throws AppError resource_exhausted where as many are open, and what the work throws */
  run<T>(work: () => Promise<T>): Promise<T>;
  readonly open: number;
}

/** @param what they are, such as `streams` */
export const createOpenCalls = (most: number, what: string): OpenCalls => {
  let open = 0;
  return {
    run: async (work) => {
      if (open >= most)
        throw new AppError('resource_exhausted', `This server has ${most} ${what} open, which is all it takes.`, {
          retryAfterMs: 1_000,
        });
      open += 1;
      try {
        return await work();
      } finally {
        open -= 1;
      }
    },
    get open() {
      return open;
    },
  };
};
