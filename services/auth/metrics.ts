import type { Metrics } from '@tickfolio/lib/telemetry';

export type AuthMetrics = ReturnType<typeof createAuthMetrics>;

/** @param hashesWaiting read when the metrics are */
export const createAuthMetrics = (metrics: Metrics, hashesWaiting: () => number) => {
  metrics.gauge({
    name: 'password_hashes_waiting',
    help: 'Passwords waiting for their turn to be hashed',
    collect() {
      this.set(hashesWaiting());
    },
  });
  const hashSeconds = metrics.histogram({
    name: 'password_hash_duration_seconds',
    help: 'Hashing or checking one password, the wait for a turn included',
    buckets: [0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5],
  });
  return {
    /** Times one use of the hasher. */
    hashing: async <T>(work: () => Promise<T>): Promise<T> => {
      const end = hashSeconds.startTimer();
      try {
        return await work();
      } finally {
        end();
      }
    },
    registrations: metrics.counter({ name: 'registrations_total', help: 'Accounts created' }),
    logins: metrics.counter<'outcome'>({
      name: 'logins_total',
      help: 'Login attempts: ok, second_factor (one is needed first), refused, throttled',
      labelNames: ['outcome'],
    }),
    refreshes: metrics.counter<'outcome'>({
      name: 'refreshes_total',
      help: 'Refresh attempts: rotated, again (the answer was lost, or two tabs asked), late (held up on its way), busy, reused (session revoked), refused',
      labelNames: ['outcome'],
    }),
    cleaned: metrics.gauge({
      name: 'cleanup_done_timestamp_seconds',
      help: 'When no row of an expired session or token was left, or this process began',
    }),
    /** The oldest deletion of an account that a service has not done yet. */
    erasureAge: metrics.gauge<'service'>({
      name: 'erasures_open_age_seconds',
      help: 'For how long the oldest deleted account waits to be erased by a service; 0 where none waits',
      labelNames: ['service'],
    }),
    deleted: metrics.counter({
      name: 'expired_rows_deleted_total',
      help: 'Rows of expired sessions and tokens deleted',
    }),
  };
};
