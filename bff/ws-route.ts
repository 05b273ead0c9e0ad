import { AppError } from '@tickfolio/lib/errors';
import type { FastifyPluginAsync } from 'fastify';
import type { ClientSockets } from './client-sockets.js';
import type { CheckOrigin } from './origins.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from './sign-in.js';

export const webSocketPath = '/api/v1/ws';

export interface WebSocketRouteOptions {
  readonly verify: VerifyAccessToken;
  readonly sockets: ClientSockets;
  readonly checkOrigin: CheckOrigin;
}

/** The upgrade; everything that can be refused is refused before it, as an HTTP answer. */
export const webSocketRoute: FastifyPluginAsync<WebSocketRouteOptions> = async (app, { verify, sockets, checkOrigin }) => {
  app.route({
    method: 'GET',
    url: webSocketPath,
    onRequest: [
      async (request) => {
        checkOrigin(request);
        if (sockets.isFull) throw new AppError('unavailable', 'No more connections are taken here at the moment.', { retryAfterMs: 2_000 });
      },
      requireSignIn(verify, true),
    ],
    handler: async () => {
      throw new AppError('invalid_argument', `${webSocketPath} is a WebSocket: connect with a WebSocket client.`);
    },
    wsHandler: (socket, request) => sockets.open(socket, signedIn(request)),
  });
};

/** `bearer` marks the token that follows it; only the mark is ever answered, never the token. */
export const chooseSubprotocol = (offered: Set<string>): string | false => (offered.has('bearer') ? 'bearer' : false);
