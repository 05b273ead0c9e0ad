import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { Problem } from '@tickfolio/api/problem';
import { version } from '@tickfolio/api/version';
import type { SettledOptions } from '../../options.js';
import { aliasPaths } from '../aliases.js';
import { withExamples } from './examples.js';
import { describedLimit } from './limits.js';
import { plainPaths } from './paths.js';
import type { DescribedTag } from './tags.js';

const description = `Live crypto portfolio values, exact to the last digit.

Amounts are decimal texts, times are ISO 8601 in UTC. Everything that fails is answered as \`application/problem+json\` (RFC 9457); its
\`type\` is the address of a page that explains it. Besides what each call names, an address answers 405 with \`Allow\` for a method it does
not take, 404 where there is nothing, and 400, 408 and 431 for malformed requests. \`x-rate-limit\` says how often a call may be made.`;

/**
 * @param options `basePath` under which the paths of the document stand; limits as it tells them
 * @param tags the groups of operations, in their order
 */
export const swaggerOptions = (
  options: Pick<SettledOptions, 'basePath' | 'writesPerUser' | 'ordersPerUser' | 'pagesPerUser'>,
  tags: readonly DescribedTag[],
): FastifyDynamicSwaggerOptions => ({
  hideUntagged: true,
  transform: ({ schema, url, route }) => ({
    schema: { ...schema, ...describedLimit(route, schema?.operationId, options) },
    url,
  }),
  openapi: {
    openapi: '3.1.0',
    servers: [{ url: options.basePath === '/' ? '/' : options.basePath.slice(0, -1) }],
    info: { title: 'tickfolio', version, description, license: { name: 'MIT', identifier: 'MIT' } },
    tags: [...tags],
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
    const described = withExamples({ ...openapiObject.paths, ...plainPaths });
    const paths = { ...described.paths, ...aliasPaths(described.paths) };
    const components = {
      ...openapiObject.components,
      schemas: { ...openapiObject.components?.schemas, Problem },
      examples: described.examples,
    };
    // As plain JSON: a schema of TypeBox has more in it than is written.
    return JSON.parse(JSON.stringify({ ...openapiObject, paths, components })) as typeof openapiObject;
  },
});
