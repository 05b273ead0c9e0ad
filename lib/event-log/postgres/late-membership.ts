import { type Clock, waitUntil } from '../../clock/clock.js';
import { type RetryPolicy, retrying } from '../../retry/retry.js';
import { type Membership, noPartitions } from '../membership.js';

/**
 * A place in a group that is taken once it is known how many partitions there are.
 * @param find tried until it says how to join
 */
export const joinLater = (clock: Clock, policy: RetryPolicy, find: () => Promise<() => Membership>): Membership => {
  const leaving = new AbortController();
  let joined: Membership | undefined;
  const joining = retrying(
    clock,
    policy,
    leaving.signal,
    () => true,
    async () => {
      const join = await find();
      if (!leaving.signal.aborted) joined = join();
    },
  );
  return {
    get partitions() {
      return joined?.partitions ?? noPartitions;
    },
    get certain() {
      return joined?.certain ?? true;
    },
    problem: () => {
      if (joined) return joined.problem();
      return leaving.signal.aborted ? 'has left its group' : 'is not in its group yet';
    },
    close: async (until) => {
      leaving.abort();
      await waitUntil(until, joined?.close(until) ?? joining);
    },
  };
};
