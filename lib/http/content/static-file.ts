import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptedEncoding, type Encoding, hasAlready } from './negotiation.js';

/** A file that is held in memory, and sent as often as it is asked for. */
export interface StaticFile {
  readonly bytes: Buffer;
  readonly type: string;
  /** Of the content, strong, with its quotes. */
  readonly etag: string;
  /** Its address changes with its content, so it may be kept for ever. */
  readonly forEver: boolean;
  readonly compressed: Readonly<Partial<Record<Encoding, Buffer>>>;
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
  woff2: 'font/woff2',
};

/** A strong ETag made of the content, with its quotes. */
export const etagOf = (content: Buffer | string): string =>
  `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;

/** @param name whose ending says what it is */
export const staticFile = (
  name: string,
  bytes: Buffer,
  rest: Pick<StaticFile, 'forEver' | 'compressed'>,
): StaticFile => ({
  bytes,
  type: types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
  etag: etagOf(bytes),
  ...rest,
});

/** Sends it as the client can read it, or says that it has it already. */
export const sendStaticFile = (request: FastifyRequest, reply: FastifyReply, file: StaticFile): FastifyReply => {
  reply.header('cache-control', file.forEver ? 'public, max-age=31536000, immutable' : 'no-cache');
  reply.header('etag', file.etag).header('vary', 'accept-encoding');
  if (hasAlready(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  reply.type(file.type);
  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  const small = encoding && file.compressed[encoding];
  return encoding && small ? reply.header('content-encoding', encoding).send(small) : reply.send(file.bytes);
};
