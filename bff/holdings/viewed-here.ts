import type { Clock } from '@tickfolio/lib/clock';
import { inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { type ViewedPortfolio, type ViewedPortfolios, viewedMs } from './viewed-portfolios.js';

export interface ViewedHereDeps {
  readonly viewed: Pick<ViewedPortfolios, 'begin' | 'renew'>;
  readonly clock: Pick<Clock, 'every'>;
  readonly log: Logger;
}

/** Has the symbols followed of what somebody has on a socket here. Nobody waits for it: last known prices are shown meanwhile. */
export interface ViewedHere {
  /** Told whenever the set of symbols may be another. */
  connect(changed: () => void): void;
  begin(viewed: ViewedPortfolio): void;
  /** What is held in one of them is another. */
  changed(): void;
  /** Its symbols are followed for up to `viewedMs` more. */
  end(viewed: ViewedPortfolio): void;
  close(): void;
}

/** What could not be said is said with the next. */
const renewEveryMs = viewedMs / 3;

export const createViewedHere = ({ viewed, clock, log }: ViewedHereDeps): ViewedHere => {
  const open = new Map<string, ViewedPortfolio>();
  const nameOf = ({ userId, portfolioId }: ViewedPortfolio) => `${userId} ${portfolioId}`;
  let changed: () => void = () => undefined;
  let isRenewing = false;

  const attempt = (work: () => Promise<void>) =>
    work().catch((err: unknown) =>
      log.warn({ err }, 'the symbols of a portfolio on a socket could not be asked for; trying again'),
    );
  const begin = async (one: ViewedPortfolio) => {
    await viewed.begin(one);
    changed();
  };
  const renew = async () => {
    const lost = await viewed.renew([...open.values()]);
    for (const one of lost) if (open.has(nameOf(one))) await begin(one);
  };
  const timer = clock.every(renewEveryMs, () => {
    if (isRenewing || open.size === 0) return;
    isRenewing = true;
    void attempt(() => inBackground(renew)).finally(() => {
      isRenewing = false;
    });
  });
  return {
    connect: (next) => {
      changed = next;
    },
    begin: (one) => {
      open.set(nameOf(one), one);
      void attempt(() => begin(one));
    },
    changed: () => changed(),
    end: (one) => void open.delete(nameOf(one)),
    close: () => {
      timer.cancel();
      open.clear();
    },
  };
};
