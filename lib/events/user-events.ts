import { Type } from 'typebox';
import { createEventTopic } from './domain-event.js';
import { id, name, word } from './event-fields.js';
import { streams } from './streams.js';

const sessionId = id('Of the session.', '0199a3c2-7d10-7000-8000-000000000003');

/**
 * What happens to accounts. Of a person it says the id, and where the account is made its name: no address, no token,
 * nothing of a device.
 */
export const userEvents = createEventTopic({
  name: 'user-events',
  description: 'What happens to accounts, by the id of the user.',
  partitions: 6,
  source: 'auth',
  keyOf: ({ userId }) => userId,
  streamOf: (event) =>
    event.type === 'user.erased' ? streams.erasure(event.userId, event.data.service) : streams.user(event.userId),
  types: {
    'user.created': {
      schema: 1,
      data: Type.Object(
        { id: id('Of the user.'), name: name('By which the user signs in.', 'ann') },
        { description: 'An account was made.' },
      ),
    },
    'user.logged_in': {
      schema: 1,
      data: Type.Object(
        { sessionId, by: word('How the user proved to be the user.', 'password and totp') },
        { description: 'A session began.' },
      ),
    },
    'user.logged_out': {
      schema: 1,
      data: Type.Object(
        { sessionId, because: word('Why.', 'sign-out') },
        { description: 'One session ended before its time.' },
      ),
    },
    'user.sessions_ended': {
      schema: 1,
      data: Type.Object(
        {
          count: Type.Integer({ minimum: 1, description: 'How many.', examples: [3] }),
          because: word('Why.', 'password'),
        },
        {
          description:
            'Several sessions ended at once; among them may be some that were told as ended a short time before.',
        },
      ),
    },
    'user.updated': {
      schema: 1,
      data: Type.Object(
        { changed: word('What of it.', 'password') },
        { description: 'Something of the account is another now.' },
      ),
    },
    'user.deleted': {
      schema: 1,
      data: Type.Object(
        {},
        {
          description:
            'The account is gone: whoever holds something of the user erases it, says `user.erased`, and drops what is told of the user later.',
        },
      ),
    },
    'user.erased': {
      schema: 1,
      byEach: true,
      data: Type.Object(
        { service: word('Which one.', 'bff') },
        { description: 'A service holds nothing of a deleted user any more.' },
      ),
    },
  },
});
