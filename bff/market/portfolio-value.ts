import { AppError } from '@tickfolio/lib/errors';

/** Whether prices are real; what was recorded with the others is never looked at. */
export type Kind = 'real' | 'simulated';

/** A value, and what it lacks; each list is there only where something stands in it. */
export interface Valued {
  /** In USDT, canonical decimal text. */
  readonly value: string;
  /** Symbols held without any price: they are not in it. */
  readonly missing?: readonly string[];
  /** Symbols valued at a price that stands still, because nothing newer can come. */
  readonly old?: readonly string[];
}

export interface UserValue extends Valued {
  readonly userId: string;
}

/** As the tables have it. */
export const isSimulated = (kind: Kind): boolean => kind === 'simulated';

/** @throws AppError unavailable while nobody knows where prices come from */
export const requireKind = (kind: Kind | undefined): Kind => {
  if (kind) return kind;
  throw new AppError('unavailable', 'Where prices come from is not known yet; please try again in a few seconds.', {
    retryAfterMs: 2_000,
  });
};
