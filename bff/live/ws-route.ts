import websocket from '@fastify/websocket';
import { webSocketPath } from '@tickfolio/api/web-socket';
import { AppError } from '@tickfolio/lib/errors';
import { endWithProblem, HttpRefusal } from '@tickfolio/lib/http';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { SessionGate } from '../accounts/session-gate.js';
import type { Origins } from '../api/origins.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import type { ClientSockets } from './client-sockets.js';
import type { DemoSockets } from './demo/demo-sockets.js';

export interface WebSocketRouteOptions {
  readonly verify: VerifyAccessToken;
  readonly gate: SessionGate;
  readonly sockets: ClientSockets;
  readonly origins: Origins;
  readonly demo: DemoSockets;
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
export const webSocketRoute: FastifyPluginAsync<WebSocketRouteOptions> = async (
  app,
  { verify, gate, sockets, origins, demo },
) => {
  const refuseWhenFull = () => {
    if (sockets.isFull)
      throw new AppError('unavailable', 'No more connections are taken here at the moment.', { retryAfterMs: 2_000 });
  };
  app.route({
    method: 'GET',
    url: '/ws', // Below the module's prefix: webSocketPath.
    onRequest: [
      async (request) => {
        requireHandshake(request);
        origins.check(request);
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
  // For who is not signed in: frames of one fixed portfolio. Whatever is sent is refused as on the other one.
  app.route({
    method: 'GET',
    url: '/ws/demo',
    schema: { hide: true }, // As that of the other one, it is described by hand.
    onRequest: async (request) => {
      requireHandshake(request);
      origins.check(request);
      refuseWhenFull();
      demo.requireRoom(request.ip);
    },
    handler: async () => undefined,
    wsHandler: (socket, request) => {
      socket.once('close', demo.enter(request.ip));
      sockets.open(socket, request.raw.socket, demo.token, Number.POSITIVE_INFINITY);
    },
  });
};

const maxMessageBytes = 4 * 1024;

/**
 * Makes the app take upgrades; what of them is refused is answered as everything else. @param errorPages as
 * `createHttpServer` has it
 */
export const takeUpgrades = (app: FastifyInstance, sockets: ClientSockets, errorPages: string): void => {
  void app.register(websocket, {
    options: { maxPayload: maxMessageBytes, handleProtocols: chooseSubprotocol, perMessageDeflate: false },
    preClose: async () => {
      await sockets.close();
      app.websocketServer.close();
    },
    errorHandler: (err, socket, request) => {
      request.log.debug({ err }, 'a client socket failed');
      socket.terminate();
    },
  });
  // The plugin ends the connection of an upgrade that is refused, so the client must not keep it for its next request.
  app.addHook('onSend', async (request, reply) => {
    if (request.ws && !reply.hasHeader('connection')) reply.header('connection', 'close');
  });
  void app.after(() => {
    // The route has looked at the handshake already; what is left is an unreadable list of subprotocols.
    app.websocketServer.on('wsClientError', (err, socket) =>
      endWithProblem(
        socket,
        new AppError('invalid_argument', `The WebSocket handshake is not valid: ${err.message}.`),
        errorPages,
      ),
    );
  });
};

/** `bearer` marks the token that follows it; only the mark is ever answered, never the token. */
const chooseSubprotocol = (offered: Set<string>): string | false => (offered.has('bearer') ? 'bearer' : false);
