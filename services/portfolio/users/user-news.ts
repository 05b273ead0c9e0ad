import type { DomainEvent, TypesOf } from '@tickfolio/lib/events/domain-event';
import type { userEvents } from '@tickfolio/lib/events/user-events';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import type { DefaultPortfolios } from '../portfolios/default-portfolios.js';
import { lockOwner } from '../portfolios/owner.js';
import type { PriceKind } from './price-kind.js';

export interface UserNewsDeps {
  readonly time: DatabaseTime;
  readonly defaults: Pick<DefaultPortfolios, 'make'>;
  readonly priceKind: Pick<PriceKind, 'simulated'>;
}

/**
 * What is done about what happens to accounts: who has one gets the default portfolios. That for paper money waits for the
 * first call of the user where nobody has said yet whether prices are made up.
 */
export const createUserNews =
  ({ time, defaults, priceKind }: UserNewsDeps) =>
  async (tx: Transaction, event: DomainEvent<TypesOf<typeof userEvents>>): Promise<void> => {
    if (event.type !== 'user.created') return;
    const { userId, requestId = '', id: causedBy } = event;
    await lockOwner(tx, time, userId);
    await defaults.make(tx, { userId, requestId, causedBy, simulated: priceKind.simulated });
  };
