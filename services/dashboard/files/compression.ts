import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

const brotliAsync = promisify(brotliCompress);
const gzipAsync = promisify(gzip);

export type Encoding = 'br' | 'gzip';

/** Below this a compressed answer is hardly smaller. */
const minBytes = 1_024;
/** For what is made anew for every request: about 2 ms for a page of 300 tickers. */
const liveQuality = 4;
const compressible = /^(text\/|application\/([\w.-]+\+)?json|image\/svg)/;

/** The best of what the client says it can read; undefined for neither. */
export const encodingFor = (accepted: string | undefined): Encoding | undefined => {
  const refused = /;\s*q=0(\.0*)?\s*$/;
  const names = (accepted ?? '')
    .split(',')
    .filter((part) => !refused.test(part))
    .map((part) => part.split(';')[0]?.trim().toLowerCase());
  return (['br', 'gzip'] as const).find((encoding) => names.includes(encoding));
};

export const compress = (encoding: Encoding, bytes: Buffer, quality: number): Promise<Buffer> =>
  encoding === 'br'
    ? brotliAsync(bytes, { params: { ...brotliParams(quality), [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
    : gzipAsync(bytes, { level: Math.min(9, quality) });

const brotliParams = (quality: number) => ({ [constants.BROTLI_PARAM_QUALITY]: quality });
/** Gives out every piece as it comes: brotli by itself gives nothing before it has some 8 MB, and an archive may need minutes for so much. */
const packing = (encoding: Encoding) =>
  encoding === 'br'
    ? createBrotliCompress({ params: brotliParams(liveQuality), flush: constants.BROTLI_OPERATION_FLUSH })
    : createGzip({ level: liveQuality, flush: constants.Z_SYNC_FLUSH });

const isStream = (payload: unknown): payload is Readable => typeof (payload as Readable | null)?.pipe === 'function';

/** Compresses texts and streams that are not compressed already. */
export const addCompression = (app: FastifyInstance): void => {
  app.addHook('onSend', async (request, reply, payload) => {
    const type = reply.getHeader('content-type');
    if (payload === null || reply.hasHeader('content-encoding') || typeof type !== 'string' || !compressible.test(type)) return payload;
    reply.header('vary', [reply.getHeader('vary'), 'accept-encoding'].filter(Boolean).join(', '));
    const encoding = encodingFor(request.headers['accept-encoding']);
    if (!encoding) return payload;
    if (isStream(payload)) {
      reply.header('content-encoding', encoding).removeHeader('content-length');
      // A source that fails ends the answer short of its end, so that nobody takes a part for the whole.
      return pipeline(payload, packing(encoding), () => undefined);
    }
    const bytes = Buffer.from(payload as string | Buffer);
    if (bytes.length < minBytes) return payload;
    const small = await compress(encoding, bytes, liveQuality);
    reply.header('content-encoding', encoding).header('content-length', small.length);
    return small;
  });
};
