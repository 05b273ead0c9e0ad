import { asyncApi } from '@tickfolio/api/asyncapi';
import type { FastifyPluginAsync } from 'fastify';

/** What describes the interfaces, for programs: REST by OpenAPI, the WebSocket by AsyncAPI. */
export const documents: FastifyPluginAsync = async (app) => {
  const ofWebSocket = asyncApi();
  app.get('/openapi.json', async () => app.swagger());
  app.get('/asyncapi.json', async () => ofWebSocket);
};
