import { type Clock, sleep } from '@tickfolio/lib/clock';
import { toAppError } from '@tickfolio/lib/errors';
import { createBackoff } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { SymbolRules } from '../rules/order.js';
import { rulesOfSymbol } from './rules-of-symbol.js';
import type { SocketClient } from './socket-client.js';
import type { SymbolRulesSource } from './symbol-rules-source.js';

/** Keeps what the exchange asks of orders as new as its list of symbols. */
export interface SymbolFeed extends SymbolRulesSource {
  /** Undefined when well, else what is wrong, in words. @throws AppError where the socket service cannot be asked */
  problem(): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface SymbolFeedDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly socket: SocketClient;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const retry = { minRetryMs: 500, maxRetryMs: 30_000, leastShare: 0.5 };
const maxSymbols = 20_000;

/** Asks at once, then again and again. While nobody answers, what is known stays. */
export const startSymbolFeed = (
  { clock, log, socket, random }: SymbolFeedDeps,
  { refreshMs }: { readonly refreshMs: number },
): SymbolFeed => {
  const stop = new AbortController();
  const backoff = createBackoff({ ...retry, random });
  let known: ReadonlyMap<string, SymbolRules> = new Map();
  let simulated: boolean | undefined;
  let revision = '';
  let fault: string | undefined = 'the list of symbols was not read yet';

  const read = async (): Promise<void> => {
    const list = await socket.symbols(revision, stop.signal);
    if (list.revision !== revision || revision === '') {
      const listed = list.symbols.slice(0, maxSymbols);
      known = new Map(listed.map((one) => [one.symbol, rulesOfSymbol(one)]));
      ({ simulated, revision } = list);
    }
    fault = undefined;
  };
  const follow = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      // A tenth less by chance, so that replicas do not ask together.
      let waitMs = refreshMs * (0.9 + 0.1 * random());
      try {
        await read();
        if (backoff.failures >= 3) log.info('the list of symbols is read again');
        backoff.reset();
      } catch (thrown) {
        if (stop.signal.aborted) return;
        const err = toAppError(thrown);
        fault = err.message;
        waitMs = backoff.next();
        // The first ones are a start in which the socket service is not up yet.
        if (backoff.failures === 3)
          log.warn({ code: err.code, reason: err.message }, 'the list of symbols cannot be read; rules stay as known');
      }
      await sleep(clock, waitMs, stop.signal);
    }
  };
  const following = follow();
  return {
    rules: (symbol) => known.get(symbol),
    get simulated() {
      return simulated;
    },
    problem: async () => (await socket.check()) ?? fault,
    close: async () => {
      stop.abort();
      await following;
    },
  };
};
