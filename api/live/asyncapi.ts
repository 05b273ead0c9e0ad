import type { TSchema } from 'typebox';
import { exampleOf } from '../examples.js';
import { version } from '../version.js';
import { BalanceTold, Resync } from './balances.js';
import { closings } from './close-codes.js';
import { Frame } from './frame.js';
import {
  MessageRefused,
  PriceTold,
  Refresh,
  Subscribe,
  Subscribed,
  TokenAccepted,
  TokenExpiring,
  Unsubscribe,
  View,
  WatchlistTold,
} from './messages.js';
import { OrderTold } from './order-told.js';
import { demoSocketPath, webSocketPath } from './web-socket.js';

const ofServer = {
  frame: Frame,
  tokenExpiring: TokenExpiring,
  tokenAccepted: TokenAccepted,
  messageRefused: MessageRefused,
  subscribed: Subscribed,
  watchlist: WatchlistTold,
  price: PriceTold,
  balance: BalanceTold,
  order: OrderTold,
  resync: Resync,
};
const ofClient = { refresh: Refresh, view: View, subscribe: Subscribe, unsubscribe: Unsubscribe };
const ofDemo = ['frame', 'messageRefused'];
const messages: Readonly<Record<string, TSchema & { readonly description?: string }>> = { ...ofServer, ...ofClient };

const mapped = <Value>(names: readonly string[], of: (name: string) => Value) =>
  Object.fromEntries(names.map((name) => [name, of(name)]));
type Channel = 'live' | 'demo';
const channelOf = (channel: Channel) => ({ $ref: `#/channels/${channel}` });
const on = (names: readonly string[], channel: Channel = 'live') =>
  names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` }));
const inChannel = (names: readonly string[]) => mapped(names, (name) => ({ $ref: `#/components/messages/${name}` }));
const security = [{ $ref: '#/components/securitySchemes/bearer' }];
const bindings = { ws: { method: 'GET', bindingVersion: '0.1.0' } };

const description = `The live portfolio. The whole of it comes at once, then again whenever a price or the portfolio changes, and about once a
second also without a change. Messages with a \`Type\` are about the connection, or of a channel that was asked for. Pings come every 15 s.`;

/**
 * The document of the WebSocket by AsyncAPI 3.0, as the server sees it: it sends frames and receives refreshed tokens.
 */
export const asyncApi = () => ({
  asyncapi: '3.0.0',
  info: {
    title: 'tickfolio',
    version,
    description,
    license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
  },
  defaultContentType: 'application/json',
  servers: {
    local: {
      host: 'localhost:8080',
      protocol: 'ws',
      description: 'As `make run` starts it; elsewhere under the base path of the page, and `wss` behind TLS.',
    },
  },
  channels: {
    live: {
      address: webSocketPath,
      title: 'The live portfolio of the user whom the token names',
      messages: inChannel(Object.keys(messages)),
      bindings,
      'x-subprotocols': [
        {
          name: 'bearer',
          description:
            'For browsers, which cannot set a header: the access token follows it in the list. Only `bearer` is answered.',
        },
      ],
      'x-close-codes': closings(),
    },
    demo: {
      address: demoSocketPath,
      title: 'One fixed portfolio, live, for who is not signed in',
      description:
        'It is read only and needs no token: whatever is sent is refused. 8 connections of one address at once.',
      messages: inChannel(ofDemo),
      bindings,
      // There is no session that could end.
      'x-close-codes': closings().filter(({ action }) => action !== 'refresh'),
    },
  },
  operations: {
    sendLive: {
      action: 'send',
      channel: channelOf('live'),
      summary: 'The portfolio, and that the token runs out soon.',
      messages: on(['frame', 'tokenExpiring']),
      security,
    },
    receiveRefresh: {
      action: 'receive',
      channel: channelOf('live'),
      summary: 'A fresh token for a connection that stays.',
      messages: on(['refresh']),
      security,
      reply: { channel: channelOf('live'), messages: on(['tokenAccepted', 'messageRefused']) },
    },
    receiveView: {
      action: 'receive',
      channel: channelOf('live'),
      summary: 'Which portfolio the frames are to be of; its frame is the answer.',
      messages: on(['view']),
      security,
      reply: { channel: channelOf('live'), messages: on(['frame', 'messageRefused']) },
    },
    receiveChannels: {
      action: 'receive',
      channel: channelOf('live'),
      summary: 'Which channels the connection has.',
      messages: on(['subscribe', 'unsubscribe']),
      security,
      reply: { channel: channelOf('live'), messages: on(['subscribed', 'messageRefused']) },
    },
    sendWatchlist: {
      action: 'send',
      channel: channelOf('live'),
      summary: 'On the channel `watchlist`: what is watched, and what it costs.',
      messages: on(['watchlist', 'price']),
      security,
    },
    sendBalances: {
      action: 'send',
      channel: channelOf('live'),
      summary: 'On the channel `balances`: what is in the portfolios of the user, change by change.',
      messages: on(['balance', 'resync']),
      security,
    },
    sendOrders: {
      action: 'send',
      channel: channelOf('live'),
      summary: 'On the channel `orders`: what becomes of the orders of the user.',
      messages: on(['order', 'resync']),
      security,
    },
    sendDemo: {
      action: 'send',
      channel: channelOf('demo'),
      summary: 'The demo portfolio, and a refusal of whatever is sent.',
      messages: on(ofDemo, 'demo'),
    },
  },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    messages: mapped(Object.keys(messages), (name) => ({
      name,
      summary: messages[name]?.description,
      payload: messages[name],
      examples: [{ name, payload: exampleOf(messages[name] ?? {}) }],
    })),
  },
});
