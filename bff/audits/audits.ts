import { AppError } from '@tickfolio/lib/errors';
import { fromPostgresError } from '@tickfolio/lib/postgres';
import { createTally, createTallyGauges, isRight } from '@tickfolio/lib/tally';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import { checkNames, higher, type ShownFindings, together } from './checks.js';
import { type RoundDeps, runRound } from './round.js';

export interface ShownAuditsDeps extends RoundDeps {
  readonly log: Logger;
  readonly metrics: Metrics;
}

const scope = 'all';

/**
 * Compares what is shown of portfolios with what their service has, 1,000 of them each time and then the next. What it
 * finds stands in the gauges and is logged. `close` ends a round early.
 */
export const startShownAudits = (
  deps: ShownAuditsDeps,
  { periodMs }: { readonly periodMs: number },
): { close(): Promise<void> } => {
  const { clock, log, metrics } = deps;
  const stop = new AbortController();
  const gauges = createTallyGauges(metrics, 'what is shown');
  gauges.period(periodMs);
  const nothing: ShownFindings = createTally(checkNames).findings;
  let after = '';
  /** What the pass before found, and this one so far: a fault is shown until a whole pass has not met it. */
  let [former, found] = [nothing, nothing];
  let running: Promise<void> | undefined;
  let told = false;

  const audit = async () => {
    const round = await runRound(deps, { after, signal: stop.signal });
    if (stop.signal.aborted) return;
    found = together(found, round.findings);
    gauges.set(scope, higher(found, former));
    gauges.done(scope, clock.now());
    for (const [check, findings] of round.findings)
      if (!isRight(findings)) log.error({ check, scope, ...findings }, 'what is shown of portfolios is not right');
    after = round.next ?? '';
    if (round.next === undefined) [former, found] = [found, nothing];
    told = false;
  };
  const run = async () => {
    try {
      await audit();
    } catch (thrown) {
      const err = thrown instanceof AppError ? thrown : fromPostgresError(thrown);
      if (!told && !stop.signal.aborted)
        log.warn({ err }, 'what is shown of portfolios could not be audited; trying again later');
      told = true;
    }
  };
  const timer = clock.every(periodMs, () => {
    running ??= run().finally(() => {
      running = undefined;
    });
  });
  return {
    close: async () => {
      stop.abort();
      timer.cancel();
      await running;
    },
  };
};
