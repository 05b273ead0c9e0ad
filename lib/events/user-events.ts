import { Type } from 'typebox';
import { createEventTopic } from './domain-event.js';

const id = Type.String({ minLength: 1, maxLength: 200 });
const word = Type.String({ minLength: 1, maxLength: 100 });

/**
 * What happens to accounts, told by auth in the stream `user:<id>`. Of a person it says the id, and where the account is
 * made its name: no address, no token, nothing of a device.
 */
export const userEvents = createEventTopic({
  name: 'user-events',
  partitions: 6,
  keyOf: ({ stream }) => stream.slice(stream.indexOf(':') + 1),
  types: {
    'user.created': { schema: 1, data: Type.Object({ id, name: Type.String({ minLength: 1, maxLength: 200 }) }) },
    /** `by` is how the user proved to be the user, such as `password and totp`. */
    'user.logged_in': { schema: 1, data: Type.Object({ sessionId: id, by: word }) },
    /** One session ended before its time. */
    'user.logged_out': { schema: 1, data: Type.Object({ sessionId: id, because: word }) },
    /** Several ended at once; among them may be some that were told as ended a short time before. */
    'user.sessions_ended': { schema: 1, data: Type.Object({ count: Type.Integer({ minimum: 1 }), because: word }) },
    /** `changed` is what of the account is another now. */
    'user.updated': { schema: 1, data: Type.Object({ changed: word }) },
  },
});
