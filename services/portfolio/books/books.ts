import type { Clock } from '@tickfolio/lib/clock';
import type { AppendEvents } from '@tickfolio/lib/outbox';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import { createCommand } from '../postings/once.js';
import { createPost } from '../postings/posting.js';
import { type Adoption, createAdoption } from './adoption.js';
import { type Coins, createCoins } from './coins.js';
import { createFunding, type Funding } from './funding.js';
import { createReadings, type Readings } from './readings.js';
import { createReservations, type Reservations } from './reservations.js';
import { createSettle, type Settle } from './settlement.js';
import { createTransfer, type Transfer } from './transfer.js';

/**
 * What portfolios have: the only place where a quantity changes. Each command is one transaction, which first locks the
 * portfolio's row, is done once under its id, writes every change down twice (where it went, and where it came from),
 * and tells it. Amounts are decimal text and exact.
 */
export interface Books {
  readonly coins: Coins;
  readonly adoption: Adoption;
  readonly funding: Funding;
  readonly transfer: Transfer;
  readonly reservations: Reservations;
  readonly settle: Settle;
  readonly readings: Readings;
}

export interface BooksDeps {
  readonly db: Database;
  readonly append: AppendEvents;
  readonly time: DatabaseTime;
  readonly clock: Pick<Clock, 'after'>;
}

export const createBooks = (deps: BooksDeps): Books => {
  const { db, time } = deps;
  const parts = { command: createCommand(deps), post: createPost(deps), time };
  return {
    coins: createCoins(parts),
    adoption: createAdoption({ ...parts, db }),
    funding: createFunding(parts),
    transfer: createTransfer(parts),
    reservations: createReservations(parts),
    settle: createSettle(parts),
    readings: createReadings(db),
  };
};
