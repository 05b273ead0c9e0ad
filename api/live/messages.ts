import { Type } from 'typebox';
import type { Body } from '../body.js';
import { moment, price, strict, symbolName, version } from '../fields.js';
import { WatchedSymbols } from './watchlist.js';

/** What travels on the WebSocket beside frames: about the connection, and on the channels that a client asked for. */

export const TokenExpiring = Type.Object(
  { Type: Type.Literal('token-expiring'), ExpiresAt: moment },
  { ...strict, description: 'Comes a minute before the access token runs out.' },
);
export const TokenAccepted = Type.Object(
  { Type: Type.Literal('token-accepted'), ExpiresAt: moment },
  { ...strict, description: 'The answer to `refresh`.' },
);
/** Why a portfolio is not shown. */
const viewRefusals = ['not-found', 'wrong-kind', 'unavailable'] as const;
export type ViewRefusal = (typeof viewRefusals)[number];
export const MessageRefused = Type.Object(
  {
    Type: Type.Literal('error'),
    Detail: Type.String({ examples: ['The access token is not valid.'] }),
    Reason: Type.Optional(
      Type.Enum([...viewRefusals], {
        description:
          'of a `view`: why frames are not those of that portfolio, or are so no more. `not-found`: there is none; `wrong-kind`: it lives at prices of the other kind; `unavailable`: it may pass',
        examples: ['not-found'],
      }),
    ),
  },
  { ...strict, description: 'The answer to a message that was not accepted.' },
);

/** What a client may ask for besides frames. */
export const channelNames = ['watchlist', 'balances', 'orders'] as const;
export type ChannelName = (typeof channelNames)[number];
const channel = Type.Enum([...channelNames], {
  description:
    '`watchlist`: what the user watches, and the prices of that; `balances`: each change of what is in the portfolios of the user; `orders`: what becomes of the orders of the user',
  examples: ['watchlist'],
});

export const Subscribed = Type.Object(
  {
    Type: Type.Literal('subscribed'),
    Channels: Type.Array(channel, { description: 'all that the connection has now' }),
  },
  { ...strict, description: 'The answer to `subscribe` and `unsubscribe`.' },
);
export const WatchlistTold = Type.Object(
  {
    Type: Type.Literal('watchlist'),
    Version: version('counts the changes of the list, and never falls'),
    Watchlist: WatchedSymbols,
  },
  { ...strict, description: 'On the channel `watchlist`: the whole list, at first and whenever it was changed.' },
);
export const PriceTold = Type.Object(
  {
    Type: Type.Literal('price'),
    Symbol: symbolName,
    Price: price,
    PriceTime: moment,
    Stale: Type.Boolean({ description: 'the price is old or its feed is broken', examples: [false] }),
    Simulated: Type.Optional(Type.Boolean({ description: 'true where it is not real; otherwise it is not there' })),
  },
  {
    ...strict,
    description:
      'On the channel `watchlist`: the newest price of a watched symbol that no coin of the frames has, in its quote asset. Who reads slowly gets fewer and newer ones.',
  },
);
export type ChannelMessage = Body<typeof WatchlistTold> | Body<typeof PriceTold>;
export type ConnectionMessage =
  | Body<typeof TokenExpiring>
  | Body<typeof TokenAccepted>
  | Body<typeof MessageRefused>
  | Body<typeof Subscribed>;

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

const channels = Type.Array(channel, { maxItems: 16 });
export const Subscribe = Type.Object(
  { type: Type.Literal('subscribe'), channels },
  { ...strict, description: 'Asks for channels besides those that the connection has. They end with it.' },
);
export const Unsubscribe = Type.Object(
  { type: Type.Literal('unsubscribe'), channels },
  { ...strict, description: 'Wants them no more.' },
);
export type ClientMessage = Refresh | View | Body<typeof Subscribe> | Body<typeof Unsubscribe>;
