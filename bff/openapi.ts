import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui';
import { webSocketPath } from './ws-route.js';

const webSocketDescription = `An upgrade to WebSocket. The token goes in the \`Authorization\` header or, for browsers, in the subprotocol
list: \`new WebSocket(url, ["bearer", accessToken])\`. The whole portfolio comes at once and whenever a price or the portfolio changes.
Messages with a \`Type\` are about the connection: \`token-expiring\`, \`token-accepted\`, \`error\`.
To stay connected send \`{"type":"refresh","accessToken":"…"}\` before the token runs out.
Close codes: 1001 reconnect, 1013 reconnect after a pause, 4401 sign in again, 4408 too slow, 4429 too many sockets or messages.`;

const frameExample = {
  UserID: 'a1b2c3d4-e5f6-7890-1234-567890abcdef',
  UserName: 'myuser',
  TotalValue: '102185.175',
  Coins: [
    { Symbol: 'btcusdt', Quantity: '1.5', Price: '68123.45', Total: '102185.175', PriceTime: '2026-01-27T10:00:00.981Z', Stale: false },
  ],
  AsOf: '2026-01-27T10:00:01.034Z',
};

const webSocketPathItem = {
  get: {
    tags: ['live'],
    summary: 'The live portfolio (WebSocket)',
    description: webSocketDescription,
    security: [{ bearerAuth: [] }],
    responses: {
      101: { description: 'Upgraded; the frames look like this.', content: { 'application/json': { example: frameExample } } },
      401: { description: 'Not signed in.' },
      403: { description: 'A page of another site asked.' },
    },
  },
};

export const swaggerOptions: FastifyDynamicSwaggerOptions = {
  hideUntagged: true,
  openapi: {
    openapi: '3.1.0',
    info: { title: 'tickfolio', version: '1', description: 'Live crypto portfolio values, exact to the last digit.' },
    tags: [{ name: 'auth' }, { name: 'profile' }, { name: 'live' }],
    components: {
      securitySchemes: {
        bearerAuth: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        refreshCookie: { type: 'apiKey', in: 'cookie', name: 'refreshToken' },
      },
    },
  },
  transformObject: (document) => {
    if (!('openapiObject' in document)) return document.swaggerObject;
    const { openapiObject } = document;
    return { ...openapiObject, paths: { ...openapiObject.paths, [webSocketPath]: webSocketPathItem } };
  },
};

/** The page's own scripts only; its styles are partly inline. @param simulated whether the prices of the moment are not real */
export const swaggerUiOptions = (simulated: () => boolean): FastifySwaggerUiOptions => ({
  routePrefix: '/docs',
  // Without the bar that offers to load other documents.
  uiConfig: { layout: 'BaseLayout' },
  theme: { title: 'tickfolio API' },
  transformSpecificationClone: true,
  transformSpecification: (document) => {
    const { info } = document as { info?: { description?: string } };
    return simulated() && info
      ? { ...document, info: { ...info, description: `${info.description}\n\n**Prices are simulated, not real.**` } }
      : document;
  },
  staticCSP: {
    'default-src': "'self'",
    'base-uri': "'self'",
    'frame-ancestors': "'none'",
    'img-src': ["'self'", 'data:'],
    'object-src': "'none'",
    'script-src': "'self'",
    'style-src': ["'self'", "'unsafe-inline'"],
  },
});
