import type { TSchema } from 'typebox';
import { closings } from './close-codes.js';
import { Frame } from './frame.js';
import { MessageRefused, Refresh, TokenAccepted, TokenExpiring } from './messages.js';
import { webSocketPath } from './web-socket.js';

const ofServer = {
  frame: Frame,
  tokenExpiring: TokenExpiring,
  tokenAccepted: TokenAccepted,
  messageRefused: MessageRefused,
};
const ofClient = { refresh: Refresh };
const messages: Readonly<Record<string, TSchema & { readonly description?: string }>> = { ...ofServer, ...ofClient };

const mapped = <Value>(names: readonly string[], of: (name: string) => Value) =>
  Object.fromEntries(names.map((name) => [name, of(name)]));
const channel = '#/channels/live';
const on = (names: readonly string[]) => names.map((name) => ({ $ref: `${channel}/messages/${name}` }));

const description = `The live portfolio. The whole of it comes at once, then again whenever a price or the portfolio changes, and about once a
second also without a change. Messages with a \`Type\` are about the connection. Pings come every 15 s.`;

/**
 * The document of the WebSocket by AsyncAPI 3.0, as the server sees it: it sends frames and receives refreshed tokens.
 */
export const asyncApi = () => ({
  asyncapi: '3.0.0',
  info: { title: 'tickfolio', version: '1', description, license: { name: 'MIT' } },
  defaultContentType: 'application/json',
  servers: {
    local: {
      host: 'localhost:8080',
      protocol: 'ws',
      description: 'As `make run` starts it; elsewhere under the base path of the page, and `wss` behind TLS.',
      security: [{ $ref: '#/components/securitySchemes/bearer' }],
    },
  },
  channels: {
    live: {
      address: webSocketPath,
      title: 'The live portfolio of the user whom the token names',
      messages: mapped(Object.keys(messages), (name) => ({ $ref: `#/components/messages/${name}` })),
      bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      'x-subprotocols': [
        {
          name: 'bearer',
          description:
            'For browsers, which cannot set a header: the access token follows it in the list. Only `bearer` is answered.',
        },
      ],
      'x-close-codes': closings(),
    },
  },
  operations: {
    sendLive: {
      action: 'send',
      channel: { $ref: channel },
      summary: 'The portfolio, and that the token runs out soon.',
      messages: on(['frame', 'tokenExpiring']),
    },
    receiveRefresh: {
      action: 'receive',
      channel: { $ref: channel },
      summary: 'A fresh token for a connection that stays.',
      messages: on(Object.keys(ofClient)),
      reply: { channel: { $ref: channel }, messages: on(['tokenAccepted', 'messageRefused']) },
    },
  },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    messages: mapped(Object.keys(messages), (name) => ({
      name,
      summary: messages[name]?.description,
      payload: messages[name],
    })),
  },
});
