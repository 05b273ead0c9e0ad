import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import { because, type Context, currentCause } from '@tickfolio/lib/tracing';
import type { ShownPortfolio } from '../holdings/shown-portfolio.js';
import type { Views } from '../holdings/views.js';

export interface PortfolioReaderDeps {
  readonly portfolios: Pick<Views, 'readPortfolios'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called with what the database says. */
  readonly read: (key: string, portfolio: ShownPortfolio) => void;
  /** Whether somebody is shown something of it already; then what could not be read is read again after a while. */
  readonly isShown: (key: string) => boolean;
  /** Called for what cannot be read, and of which nothing is shown. */
  readonly failed: (key: string) => void;
}

/** Reads portfolios from the database: those asked for in one turn together, and one such reading at a time. */
export interface PortfolioReader {
  /** @param key of `viewKey` */
  request(key: string): void;
  close(): void;
}

/** How many portfolios one query reads. */
const maxPerRead = 250;
/** Pause after a failed read. */
const retryMs = 1_000;
const nothingHeld: ShownPortfolio = { version: 0, coins: [] };

export const createPortfolioReader = (deps: PortfolioReaderDeps): PortfolioReader => {
  const { portfolios, clock, log, read, isShown, failed } = deps;
  /** What is to be read, and the request for which that is, where one is traced. */
  const wanted = new Map<string, Context | undefined>();
  let reading = false;
  let timer: Timer | undefined;
  let closed = false;

  const readThese = async (ids: readonly string[], cause: Context | undefined): Promise<boolean> => {
    const found = await portfolios.readPortfolios(ids).catch((err: unknown) => {
      log.warn({ err, portfolios: ids.length }, 'portfolios could not be read; trying again');
      return undefined;
    });
    for (const id of ids) {
      if (found) read(id, found.get(id) ?? nothingHeld);
      else if (isShown(id)) wanted.set(id, cause);
      // Whoever came while this read was on its way asked for another, and all wait for that.
      else if (!wanted.has(id)) failed(id);
    }
    return found !== undefined;
  };
  const readNext = (): Promise<boolean> => {
    const next = [...wanted].slice(0, maxPerRead);
    for (const [id] of next) wanted.delete(id);
    // Read together for all; a traced one among them shows it.
    const cause = next.find(([, one]) => one)?.[1];
    const ids = next.map(([id]) => id);
    return because(cause, 'read portfolios', () => readThese(ids, cause));
  };
  const readAll = async () => {
    if (reading || timer) return;
    reading = true;
    while (wanted.size && !closed) {
      if (await readNext()) continue;
      timer = clock.after(retryMs, () => {
        timer = undefined;
        void readAll();
      });
      break;
    }
    reading = false;
  };
  return {
    request: (key) => {
      wanted.set(key, wanted.get(key) ?? currentCause());
      // In the next turn, so that users who come together are read together.
      queueMicrotask(() => void readAll());
    },
    close: () => {
      closed = true;
      timer?.cancel();
    },
  };
};
