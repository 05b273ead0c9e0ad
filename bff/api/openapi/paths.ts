import { Frame } from '@tickfolio/api/frame';
import { HealthAnswer, ReadyAnswer } from '@tickfolio/api/operations';
import { problems } from '@tickfolio/api/problem';
import { demoSocketPath, webSocketDescription, webSocketPath } from '@tickfolio/api/web-socket';
import type { TSchema } from 'typebox';

/** The addresses that fastify's routes do not describe by themselves. */

const json = (description: string, schema: TSchema) => ({ description, content: { 'application/json': { schema } } });
const tags = ['operations'];

export const plainPaths = {
  [webSocketPath]: {
    get: {
      operationId: 'watchPortfolio',
      tags: ['live'],
      summary: 'The live portfolio (WebSocket)',
      description: webSocketDescription,
      security: [{ bearerAuth: [] }],
      responses: {
        101: json('Upgraded; each frame looks like this.', Frame),
        ...problems(400, 401, 403, 426, 503),
      },
    },
  },
  [demoSocketPath]: {
    get: {
      operationId: 'watchDemoPortfolio',
      tags: ['live'],
      summary: 'The live demo portfolio (WebSocket)',
      description:
        'Frames of one fixed portfolio, for who is not signed in. It is read only: whatever is sent is refused.',
      responses: {
        101: json('Upgraded; each frame looks like this.', Frame),
        ...problems(400, 403, 426, 429, 503),
      },
    },
  },
  '/health': {
    get: {
      operationId: 'getHealth',
      tags,
      summary: 'Whether the process answers',
      responses: { 200: json('It does.', HealthAnswer) },
    },
  },
  '/ready': {
    get: {
      operationId: 'getReadiness',
      tags,
      summary: 'Whether the service can do its work, dependency by dependency',
      responses: {
        200: json('It can.', ReadyAnswer),
        503: json('Something required is down, or the service drains.', ReadyAnswer),
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'getMetrics',
      tags,
      summary: 'Metrics for Prometheus',
      responses: {
        200: { description: 'Prometheus text.', content: { 'text/plain': { schema: { type: 'string' } } } },
      },
    },
  },
};
