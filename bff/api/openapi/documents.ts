import { asyncApi } from '@tickfolio/api/asyncapi';
import type { FastifyPluginAsync } from 'fastify';

export interface DocumentsOptions {
  /** Whether the prices of the moment are not real. */
  readonly simulated: () => boolean;
}

/** What describes the interfaces, for programs: REST by OpenAPI, the WebSocket by AsyncAPI. */
export const documents: FastifyPluginAsync<DocumentsOptions> = async (app, { simulated }) => {
  const ofWebSocket = asyncApi();
  app.get('/openapi.json', async () => app.swagger());
  app.get('/asyncapi.json', async () => ofWebSocket);
  // The same as /openapi.json, which also says of what kind the prices are at the moment.
  app.get('/docs/json', async () => {
    const document = app.swagger();
    const { info } = document as { info: { description?: string } };
    if (!simulated()) return document;
    return {
      ...document,
      info: { ...info, description: `${info.description}\n\n**Prices are simulated, not real.**` },
    };
  });
};
