import { randomUUID } from 'node:crypto';
import type { Clock } from '@tickfolio/lib/clock';
import { createLease } from '@tickfolio/lib/outbox';
import { type Database, type DatabaseTime, databaseTime } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { profileEvents } from '../schema.js';
import { type Adopter, type AdopterOptions, startAdopter } from './adopter.js';
import { type Beginning, createBeginning } from './beginning.js';
import { createHandOver, type HandOver } from './hand-over.js';
import type { HoldingClient } from './holding-client.js';
import { createHandBack, type HandBack } from './restored.js';

export interface AdoptionDeps {
  readonly db: Database;
  /** Default the database's own. */
  readonly time?: DatabaseTime | undefined;
  readonly client: HoldingClient;
  /** Whether prices are made up; undefined while nobody knows. */
  readonly simulated: () => boolean | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How coins come to the portfolio service, which keeps them from then on. */
export interface Adoption extends Adopter {
  readonly beginning: Beginning;
  readonly handOver: HandOver;
  readonly handBack: HandBack;
}

/** Begins at once, where there is a portfolio service. */
export const startAdoption = (deps: AdoptionDeps, options: AdopterOptions = {}): Adoption => {
  const { time = databaseTime } = deps;
  const about = { ...deps, time };
  const beginning = createBeginning(about);
  const handOver = createHandOver(about);
  const handBack = createHandBack({ db: deps.db, beginning });
  const lease = createLease({ ...about, tables: profileEvents }, { name: 'adoption', holder: randomUUID() });
  const adopter = startAdopter({ ...deps, beginning, handOver, handBack, lease }, options);
  return {
    beginning,
    handOver,
    handBack,
    get progress() {
      return adopter.progress;
    },
    close: adopter.close,
  };
};
