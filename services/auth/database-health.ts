import { type Clock, sleep } from '@tickfolio/lib/clock';
import type { Postgres } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { AuthLimits } from './limits.js';

export interface DatabaseHealthDeps {
  readonly postgres: Pick<Postgres, 'ping'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: Pick<AuthLimits, 'healthPeriodMs' | 'healthTimeoutMs'>;
  /** Told the first answer and every change. */
  readonly changed: (up: boolean) => void;
}

export interface DatabaseHealth {
  /** What is wrong; undefined while the database answers and takes changes. */
  readonly fault: string | undefined;
  /** Resolves with the first answer. */
  readonly known: Promise<void>;
  close(): void;
}

/** Asks the database again and again whether it is there and takes changes. */
export const watchDatabase = (deps: DatabaseHealthDeps): DatabaseHealth => {
  const { postgres, clock, log, limits, changed } = deps;
  let fault: string | undefined = 'was not asked yet';
  let asking = false;
  let closed = false;
  const ask = async () => {
    if (asking) return;
    asking = true;
    const late = sleep(clock, limits.healthTimeoutMs).then(() => `did not answer within ${limits.healthTimeoutMs} ms`);
    const answered = postgres.ping().then(
      () => undefined,
      (err: unknown) => (err instanceof Error ? err.message : String(err)),
    );
    const before = fault;
    const now = await Promise.race([answered, late]);
    asking = false;
    if (closed) return;
    fault = now;
    if ((before === undefined) === (now === undefined) && before !== 'was not asked yet') return;
    changed(now === undefined);
    if (now === undefined) log[before === 'was not asked yet' ? 'info' : 'warn']('the database is well');
    else log.error({ reason: now }, 'the database is not well');
  };
  const known = ask();
  const timer = clock.every(limits.healthPeriodMs, () => void ask());
  return {
    get fault() {
      return fault;
    },
    known,
    close: () => {
      closed = true;
      timer.cancel();
    },
  };
};
