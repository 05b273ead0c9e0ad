import type { Metrics } from '../telemetry/telemetry.js';
import type { FindingsOf } from './findings.js';

const names = ['checked', 'missing', 'duplicate', 'mismatch'] as const;

/**
 * What the last audit of a service found, as its metrics show it.
 * @param what was audited, in words, such as `the books`
 */
export const createTallyGauges = (metrics: Metrics, what: string) => {
  const gauge = (name: (typeof names)[number], help: string) =>
    metrics.gauge<'check' | 'scope'>({ name: `audit_${name}`, help, labelNames: ['check', 'scope'] });
  const rest = 'by its check; 0 where they are right';
  const gauges = {
    checked: gauge('checked', `What the last audit of ${what} looked at, by its check`),
    missing: gauge('missing', `What the last audit of ${what} did not find, ${rest}`),
    duplicate: gauge('duplicate', `What the last audit of ${what} found twice, ${rest}`),
    mismatch: gauge('mismatch', `What the last audit of ${what} found to differ, ${rest}`),
  };
  const done = metrics.gauge<'scope'>({
    name: 'audit_done_timestamp_seconds',
    help: `When the last audit of ${what} ended`,
    labelNames: ['scope'],
  });
  const period = metrics.gauge({
    name: 'audit_interval_seconds',
    help: `How long it is from one audit of ${what} to the next`,
  });
  return {
    period: (periodMs: number) => period.set(periodMs / 1_000),
    set: (scope: string, findings: FindingsOf<string>) => {
      for (const [check, counts] of findings)
        for (const name of names) gauges[name].set({ check, scope }, counts[name]);
    },
    done: (scope: string, atMs: number) => done.set({ scope }, atMs / 1_000),
  };
};
