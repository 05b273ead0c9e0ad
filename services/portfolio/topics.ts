import { balanceEvents } from '@tickfolio/lib/events/balance-events';
import { portfolioEvents } from '@tickfolio/lib/events/portfolio-events';
import { deadLettersOf } from '@tickfolio/lib/events/topic';
import { userEvents } from '@tickfolio/lib/events/user-events';

/** Every topic that the service writes or reads. */
export const portfolioTopics = [portfolioEvents, balanceEvents, userEvents, deadLettersOf(userEvents.name)];
