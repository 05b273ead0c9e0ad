import { pipeline, type Readable } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import { acceptedEncoding, compress, type Encoding } from '@tickfolio/lib/http';
import type { FastifyInstance } from 'fastify';

/** Below this a compressed answer is hardly smaller. */
const minBytes = 1_024;
/** For what is made anew for every request: about 2 ms for a page of 300 tickers. */
const liveQuality = 4;
const compressible = /^(text\/|application\/([\w.-]+\+)?json|image\/svg)/;

/**
 * Gives out every piece as it comes: brotli by itself gives nothing before it has some 8 MB, and an archive may need
 * minutes for so much.
 */
const packing = (encoding: Encoding) =>
  encoding === 'br'
    ? createBrotliCompress({
        params: { [constants.BROTLI_PARAM_QUALITY]: liveQuality },
        flush: constants.BROTLI_OPERATION_FLUSH,
      })
    : createGzip({ level: liveQuality, flush: constants.Z_SYNC_FLUSH });

const isStream = (payload: unknown): payload is Readable => typeof (payload as Readable | null)?.pipe === 'function';

/** Compresses texts and streams that are not compressed already. */
export const addCompression = (app: FastifyInstance): void => {
  app.addHook('onSend', async (request, reply, payload) => {
    const type = reply.getHeader('content-type');
    if (payload === null || reply.hasHeader('content-encoding') || typeof type !== 'string' || !compressible.test(type))
      return payload;
    const vary = String(reply.getHeader('vary') ?? '');
    if (vary.includes('accept-encoding')) return payload; // Whoever sent it has looked.
    reply.header('vary', [vary, 'accept-encoding'].filter(Boolean).join(', '));
    const encoding = acceptedEncoding(request.headers['accept-encoding']);
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
