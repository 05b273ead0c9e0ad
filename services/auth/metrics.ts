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
  return {
    registrations: metrics.counter({ name: 'registrations_total', help: 'Accounts created' }),
    logins: metrics.counter<'outcome'>({ name: 'logins_total', help: 'Login attempts: ok, refused, throttled', labelNames: ['outcome'] }),
    refreshes: metrics.counter<'outcome'>({
      name: 'refreshes_total',
      help: 'Refresh attempts: rotated, again (within the grace), reused (session revoked), refused',
      labelNames: ['outcome'],
    }),
    deleted: metrics.counter({ name: 'expired_rows_deleted_total', help: 'Rows of expired sessions and tokens deleted' }),
  };
};
