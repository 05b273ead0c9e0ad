import type { FastifyRequest } from 'fastify';

/** Whether the client has it already. @param etag strong, with its quotes; a proxy that compresses may have made a weak one of it */
export const hasAlready = ({ headers }: Pick<FastifyRequest, 'headers'>, etag: string): boolean =>
  headers['if-none-match']?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) ?? false;
