import { SymbolsAnswer, SymbolsQuery } from '@tickfolio/api/market';
import { problems } from '@tickfolio/api/problem';
import { acceptedEncoding, compress, etagOf, hasAlready } from '@tickfolio/lib/http';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { SymbolLookup } from './symbol-lookup.js';
import type { Symbols } from './symbols.js';

/** Some 10 ms for the list of a whole exchange. */
const quality = 6;

/** The list of what can be held, made once per revision of the exchange's list. */
export const symbolRoutes: FastifyPluginAsync<{ readonly symbols: Symbols; readonly lookup: SymbolLookup }> = async (
  app,
  { symbols, lookup },
) => {
  let made:
    | {
        readonly revision: string;
        readonly etag: string;
        readonly text: string;
        readonly br: Promise<Buffer>;
        readonly gzip: Promise<Buffer>;
      }
    | undefined;
  const answer = () => {
    const { revision, symbols: all } = symbols.listed();
    if (made?.revision !== revision) {
      const text = JSON.stringify({ Revision: revision, Symbols: all });
      // Of the text: another build makes another answer of the same list.
      const bytes = Buffer.from(text);
      made = {
        revision,
        etag: etagOf(text),
        text,
        br: compress('br', bytes, quality),
        gzip: compress('gzip', bytes, quality),
      };
    }
    return made;
  };
  app.get<{ Querystring: SymbolsQuery }>(
    '/symbols',
    {
      schema: {
        tags: ['market'],
        operationId: 'listSymbols',
        summary: 'Every symbol that can be held',
        description:
          'Its ETag stays as long as the list does; ask with `If-None-Match` to learn cheaply that nothing changed.',
        querystring: SymbolsQuery,
        response: { 200: SymbolsAnswer, ...problems(400, 503) },
      },
    },
    async (request, reply) => {
      if (request.query.fresh) await lookup.lookAgain();
      const list = answer();
      const { etag } = list;
      const kept = request.query.fresh ? 'no-store' : 'public, max-age=60';
      reply.header('etag', etag).header('cache-control', kept).header('vary', 'accept-encoding');
      if (hasAlready(request.headers['if-none-match'], etag)) return (reply as FastifyReply).code(304).send();
      const encoding = acceptedEncoding(request.headers['accept-encoding']);
      reply.type('application/json; charset=utf-8').serializer(String);
      if (!encoding) return reply.send(list.text);
      return reply.header('content-encoding', encoding).send(await list[encoding]);
    },
  );
};
