import { balanceEvents } from './balance-events.js';
import { orderEvents } from './order-events.js';
import { portfolioEvents } from './portfolio-events.js';
import { userEvents } from './user-events.js';

/** All topics of domain events by their names. What of one cannot be read goes to `<topic>.dlq`. */
export const topics = {
  'user-events': userEvents,
  'portfolio-events': portfolioEvents,
  'balance-events': balanceEvents,
  'order-events': orderEvents,
};

/** All types of domain events by their names; each is of one topic. */
export const eventTypes = {
  ...userEvents.types,
  ...portfolioEvents.types,
  ...balanceEvents.types,
  ...orderEvents.types,
};
