import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { type Logger, requestIdOf } from '@tickfolio/lib/telemetry';
import type { AggregatorClient } from './aggregator-client.js';
import type { Symbols } from './symbols.js';

/**
 * Looks at the exchange's list again for a symbol that is not on the one known here: new listings are found within
 * seconds.
 */
export interface SymbolLookup {
  /**
   * Resolves at once for a symbol that is listed, and where the list was looked at a moment ago or was already for this
   * symbol; else with the newest list in `symbols`, or as it was where that cannot be had. Never rejects.
   * @param symbol lower case; undefined for any
   */
  lookAgain(symbol?: string): Promise<void>;
}

export interface SymbolLookupDeps {
  readonly aggregator: Pick<AggregatorClient, 'symbols'>;
  readonly symbols: Pick<Symbols, 'mayExist' | 'replace' | 'revision'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** As often as the exchange is asked for this over all replicas. */
const spacingMs = 10_000;
/** Who asks for the same symbol again and again, as the page of a coin that is gone, is answered from what is known. */
const sameSymbolMs = 60_000;
const maxRemembered = 1_000;

export const createSymbolLookup = ({ aggregator, symbols, clock, log }: SymbolLookupDeps): SymbolLookup => {
  const asked = new Map<string, number>();
  let lookedMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  const look = async () => {
    try {
      const list = await aggregator.symbols(requestIdOf(undefined), true);
      if (list.revision !== '' && list.revision !== symbols.revision) symbols.replace(list);
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      log.warn({ err: thrown }, 'the exchange’s list could not be looked at again');
    }
  };
  const isAskedAgain = (symbol: string, nowMs: number): boolean => {
    const before = asked.get(symbol);
    if (before !== undefined && nowMs - before < sameSymbolMs) return true;
    asked.delete(symbol);
    asked.set(symbol, nowMs);
    const [oldest] = asked.keys();
    if (asked.size > maxRemembered && oldest !== undefined) asked.delete(oldest);
    return false;
  };

  return {
    lookAgain: async (symbol) => {
      if (symbol !== undefined && symbols.mayExist(symbol)) return;
      const nowMs = clock.monotonic();
      if (!looking) {
        if (nowMs - lookedMs < spacingMs || (symbol !== undefined && isAskedAgain(symbol, nowMs))) return;
        lookedMs = nowMs;
        looking = look().finally(() => {
          looking = undefined;
        });
      }
      await looking;
    },
  };
};
