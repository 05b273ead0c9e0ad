import { Type } from 'typebox';
import type { Body } from '../body.js';
import { moment, strict } from '../fields.js';

/** What travels on the WebSocket beside frames: it is about the connection. */

export const TokenExpiring = Type.Object(
  { Type: Type.Literal('token-expiring'), ExpiresAt: moment },
  { ...strict, description: 'Comes a minute before the access token runs out.' },
);
export const TokenAccepted = Type.Object(
  { Type: Type.Literal('token-accepted'), ExpiresAt: moment },
  { ...strict, description: 'The answer to `refresh`.' },
);
export const MessageRefused = Type.Object(
  { Type: Type.Literal('error'), Detail: Type.String({ examples: ['The access token is not valid.'] }) },
  { ...strict, description: 'The answer to a message that was not accepted.' },
);
export type ConnectionMessage = Body<typeof TokenExpiring> | Body<typeof TokenAccepted> | Body<typeof MessageRefused>;

export const Refresh = Type.Object(
  {
    type: Type.Literal('refresh'),
    accessToken: Type.String({ description: 'a fresh one, of the same user', examples: ['eyJhbGciOiJIUzI1NiJ9.…'] }),
  },
  { ...strict, description: 'Keeps the connection with a fresh token; may be sent at any time.' },
);
export type Refresh = Body<typeof Refresh>;

export const View = Type.Object(
  {
    type: Type.Literal('view'),
    portfolioId: Type.String({
      description: 'a portfolio of the user, `default`, or `all`: the sum of what is owned, without paper money',
      examples: ['all'],
    }),
  },
  {
    ...strict,
    description: 'Makes the frames those of another portfolio. One that is not there is refused, and nothing changes.',
  },
);
export type View = Body<typeof View>;
