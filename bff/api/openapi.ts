import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui';
import { Problem } from '@tickfolio/api/problem';
import { plainPaths } from './openapi-paths.js';

const description = `Live crypto portfolio values, exact to the last digit.

Everything that fails is answered as \`application/problem+json\` (RFC 9457). Beside what each call names, an address answers 405 with
\`Allow\` for a method it does not take, 404 is for an address where there is nothing, and 400, 408 and 431 are for what is hardly HTTP.`;

/** Names the form of all problems where it stands, so that who makes a client of the document gets one type. */
const nameProblems = <Document extends object>(document: Document): Document =>
  JSON.parse(
    JSON.stringify(document, (key, value: unknown) =>
      key === 'application/problem+json' ? { schema: { $ref: '#/components/schemas/Problem' } } : value,
    ),
  );

/** @param basePath under which the paths of the document stand */
export const swaggerOptions = (basePath: string): FastifyDynamicSwaggerOptions => ({
  hideUntagged: true,
  openapi: {
    openapi: '3.1.0',
    ...(basePath === '/' ? {} : { servers: [{ url: basePath.slice(0, -1) }] }),
    info: { title: 'tickfolio', version: '1', description },
    tags: [{ name: 'auth' }, { name: 'profile' }, { name: 'market' }, { name: 'live' }, { name: 'operations' }],
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
    const paths = { ...openapiObject.paths, ...plainPaths };
    const components = { ...openapiObject.components, schemas: { ...openapiObject.components?.schemas, Problem } };
    return nameProblems({ ...openapiObject, paths, components });
  },
});

/**
 * The page's own scripts only; its styles are partly inline. @param simulated whether the prices of the moment are not
 * real
 */
export const swaggerUiOptions = (basePath: string, simulated: () => boolean): FastifySwaggerUiOptions => ({
  routePrefix: '/docs',
  indexPrefix: basePath,
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
