import { z } from '@tickfolio/lib/config';
import { AppError } from '@tickfolio/lib/errors';

/** One look at the exchange's clock. */
export interface TimeSample {
  /** What it showed, epoch milliseconds. */
  readonly serverTimeMs: number;
  /** When it was asked, by this computer's clock. */
  readonly sentAtMs: number;
  /** From the question to the answer, milliseconds. */
  readonly roundTripMs: number;
}

/** Between these times a clock may be wrong, but it is one: the exchange began in 2017. */
const answer = z.object({ serverTime: z.number().int().min(Date.UTC(2017, 6)).max(Date.UTC(2100, 0)) });

/** `{"serverTime":1770123456789}`, epoch milliseconds. @throws AppError for anything else */
export const readServerTime = (body: unknown): number => {
  const read = answer.safeParse(body);
  if (!read.success)
    throw new AppError('unavailable', 'The exchange sent no time that can be one.', { cause: read.error });
  return read.data.serverTime;
};
