import { AppError } from '@tickfolio/lib/errors';
import { HttpRefusal } from '@tickfolio/lib/http';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { ClientSockets } from './client-sockets.js';
import type { CheckOrigin } from './origins.js';
import type { SessionGate } from './session-gate.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from './sign-in.js';

export const webSocketPath = '/api/v1/ws';

export interface WebSocketRouteOptions {
  readonly verify: VerifyAccessToken;
  readonly gate: SessionGate;
  readonly sockets: ClientSockets;
  readonly checkOrigin: CheckOrigin;
}

const upgradeHeaders = { upgrade: 'websocket', connection: 'Upgrade, close' };
/** What `ws` speaks. */
const versions = ['13', '8'];

/** The opening handshake of RFC 6455. @throws AppError, where `ws` itself would answer in a form of its own */
const requireHandshake = ({ ws, headers }: FastifyRequest) => {
  if (!ws || headers.upgrade?.toLowerCase() !== 'websocket')
    throw new HttpRefusal(426, `${webSocketPath} is a WebSocket: connect with a WebSocket client.`, upgradeHeaders);
  if (!versions.includes(headers['sec-websocket-version'] ?? ''))
    throw new HttpRefusal(426, 'Version 13 of the WebSocket protocol is spoken here.', {
      ...upgradeHeaders,
      'sec-websocket-version': versions.join(', '),
    });
  if (!/^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? ''))
    throw new AppError('invalid_argument', 'Sec-WebSocket-Key must be 16 bytes in base64.');
};

/** The upgrade; everything that can be refused is refused before it, as an HTTP answer. */
export const webSocketRoute: FastifyPluginAsync<WebSocketRouteOptions> = async (app, { verify, gate, sockets, checkOrigin }) => {
  const refuseWhenFull = () => {
    if (sockets.isFull) throw new AppError('unavailable', 'No more connections are taken here at the moment.', { retryAfterMs: 2_000 });
  };
  app.route({
    method: 'GET',
    url: webSocketPath,
    onRequest: [
      async (request) => {
        requireHandshake(request);
        checkOrigin(request);
        refuseWhenFull();
      },
      requireSignIn(verify, true),
      async (request) => {
        await gate.ask(signedIn(request).sessionId, request.id);
        refuseWhenFull(); // Others came in meanwhile.
      },
    ],
    handler: async () => undefined, // Never reached: without an upgrade the first hook refuses.
    wsHandler: (socket, request) => {
      const token = signedIn(request);
      sockets.open(socket, request.raw.socket, token);
      // It may have ended between the question above and here, when no notice could find this socket.
      if (gate.hasEnded(token.sessionId)) sockets.endSession(token.sessionId);
    },
  });
};

/** `bearer` marks the token that follows it; only the mark is ever answered, never the token. */
export const chooseSubprotocol = (offered: Set<string>): string | false => (offered.has('bearer') ? 'bearer' : false);
