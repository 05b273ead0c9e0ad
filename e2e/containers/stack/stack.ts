import type { Clock } from '@tickfolio/lib/clock';
import type { ArchiveQuery } from '../client/archive-query.js';
import type { Compose } from '../docker/compose.js';
import type { Settings } from './settings.js';

/** A running stack and how to reach it. */
export interface Stack {
  readonly clock: Clock;
  readonly compose: Compose;
  readonly settings: Settings;
  /** `http://127.0.0.1:port` */
  readonly urls: { readonly bff: string; readonly aggregator: string; readonly dashboard: string };
  readonly archive: ArchiveQuery;
  /** Tells the person at the terminal what is being done. */
  readonly say: (line: string) => void;
}

/** What ends the run as failed: something did not hold. */
export const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

/** As people read it: `3.2 s`. */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
