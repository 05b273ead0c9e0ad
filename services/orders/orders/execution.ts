import type { Clock } from '@tickfolio/lib/clock';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { SymbolRulesSource } from '../market/symbol-rules-source.js';
import type { TapeReference } from '../market/tape-reference.js';
import type { OrderStore } from '../store/order-store.js';
import type { FeeSchedules } from './fee-schedules.js';

/** What fills orders by trades. */
export interface Execution extends TapeReference {
  /** Lets what is written end. */
  close(): Promise<void>;
}

/** What the service gives to what fills its orders. */
export interface ExecutionGiven {
  readonly store: OrderStore;
  /** For readings of its own. */
  readonly db: Database;
  readonly time: DatabaseTime;
  /** Something is due of these orders now. Never waits. */
  readonly wake: (ids: Iterable<string>) => void;
  /** Counts orders at which somebody has to look. */
  readonly jammed: () => void;
  readonly symbols: SymbolRulesSource;
  readonly fees: FeeSchedules;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export type StartExecution = (given: ExecutionGiven) => Execution;
