import { orderEvents } from '@tickfolio/lib/events/order-events';
import { deadLettersOf } from '@tickfolio/lib/events/topic';
import { userEvents } from '@tickfolio/lib/events/user-events';

/** Every topic that the service writes or reads. */
export const orderTopics = [orderEvents, userEvents, deadLettersOf(userEvents.name)];
