import { AppError } from '../errors/errors.js';
import { createLane, type Lane, type LaneOptions } from '../lane/lane.js';

export interface QueryLaneOptions extends Pick<LaneOptions, 'width' | 'maxWaiting' | 'patience'> {
  /** For error messages: what there is too much of. */
  readonly name: string;
}

/**
 * A lane of statements. Who gets no turn is told so by an AppError: resource_exhausted, canceled, or unavailable once
 * it is closed.
 */
export const createQueryLane = ({ name, ...options }: QueryLaneOptions): Lane => {
  const { width, maxWaiting, patience } = options;
  const full = () =>
    new AppError('resource_exhausted', `Too many ${name} wait already (${maxWaiting}).`, { retryAfterMs: 1_000 });
  const late = (ms: number) =>
    new AppError(
      'resource_exhausted',
      `Too many ${name} run: none of ${width} has ended within ${ms / 1_000} s. Ask again a little later.`,
      { retryAfterMs: ms },
    );
  return createLane({
    ...options,
    refuse: (why) => {
      if (why === 'closed') return new AppError('unavailable', 'ClickHouse: the embedded engine has been closed.');
      if (why === 'left') return new AppError('canceled', `Given up while it waited for other ${name}.`);
      return why === 'late' && patience ? late(patience.ms) : full();
    },
  });
};
