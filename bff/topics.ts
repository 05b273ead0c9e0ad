import { balanceEvents } from '@tickfolio/lib/events/balance-events';
import { orderEvents } from '@tickfolio/lib/events/order-events';
import { portfolioEvents } from '@tickfolio/lib/events/portfolio-events';
import { deadLettersOf } from '@tickfolio/lib/events/topic';
import { userEvents } from '@tickfolio/lib/events/user-events';

/** Every topic that the gateway writes or reads. */
export const gatewayTopics = [userEvents, portfolioEvents, balanceEvents, orderEvents].flatMap((topic) => [
  topic,
  deadLettersOf(topic.name),
]);
