import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { problems } from '@tickfolio/api/problem';
import { maxTickers, TickerAnswer, TickerPath, TickerQuery, TickersAnswer, TickersQuery } from '@tickfolio/api/tickers';
import { AppError, invalidCursor, invalidField } from '@tickfolio/lib/errors';
import { acceptedEncoding, etagOf, hasAlready } from '@tickfolio/lib/http';
import { canonical } from '@tickfolio/lib/money';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readLimit } from '../api/query-values.js';
import type { Symbols } from '../market/symbols.js';
import type { PastPrices } from './past-prices.js';
import { createTickerBodies } from './ticker-bodies.js';
import type { TickerRow } from './ticker-rows.js';
import type { TickerSnapshot, Tickers } from './tickers.js';

export interface TickerRoutesOptions {
  readonly tickers: Tickers;
  readonly past: Pick<PastPrices, 'week'>;
  readonly symbols: Pick<Symbols, 'mayExist'>;
  readonly exchangeNow: () => number;
}

const limits = [100, maxTickers] as const;
const isoOf = (atMs: number) => new Date(atMs).toISOString();

/** A page of a snapshot, from a row on. */
const cursorOf = ({ id }: TickerSnapshot, from: number) => Buffer.from(`${id}.${from}`).toString('base64url');
const overCursor = () =>
  invalidField('cursor', 'is of more than a minute ago, or of another server; begin with the first page');

/** The last 24 hours of all symbols, to whom it may concern: it is the exchange's, and nobody's own. */
export const tickerRoutes: FastifyPluginAsyncTypebox<TickerRoutesOptions> = async (app, options) => {
  const { tickers, past, symbols, exchangeNow } = options;
  const bodies = createTickerBodies();
  const answerRow = ({ timeMs, ...row }: TickerRow, asOfMs: number, withSpark: boolean) => ({
    ...row,
    time: isoOf(timeMs),
    age: Math.max(0, asOfMs - timeMs),
    ...(withSpark
      ? {
          spark7d: [
            ...past.week(row.symbol, asOfMs).map((price) => (price === undefined ? null : canonical(price))),
            row.price,
          ],
        }
      : {}),
  });
  const source = ({ asOfMs, stale, simulated }: Omit<TickerSnapshot, 'id' | 'rows'>) => ({
    asOf: isoOf(asOfMs),
    stale: stale ?? null,
    simulated: simulated ?? null,
  });
  /** Where a page begins. @throws AppError invalid_argument for a cursor of nowhere, or of too long ago */
  const placeOf = (cursor: string | undefined): { snapshot: TickerSnapshot; from: number } => {
    if (cursor === undefined) return { snapshot: tickers.now(), from: 0 };
    const [id = '', from = ''] = Buffer.from(cursor, 'base64url').toString().split('.');
    if (!/^\d{1,6}$/.test(from)) throw invalidCursor();
    const snapshot = tickers.kept(id);
    if (!snapshot) throw overCursor();
    return { snapshot, from: Number(from) };
  };
  /** @returns whether the caller has it already */
  const hasIt = (request: FastifyRequest, reply: FastifyReply, etag: string): boolean => {
    reply.header('etag', etag).header('cache-control', 'no-cache');
    return hasAlready(request.headers['if-none-match'], etag);
  };

  app.get(
    '/tickers',
    {
      schema: {
        tags: ['market'],
        operationId: 'listTickers',
        summary: 'The last 24 hours of every symbol',
        description:
          'Of all that the exchange lists, held or not, some seconds old at most. Its ETag stays for as long as nothing changes, a second at least.',
        querystring: TickersQuery,
        response: { 200: TickersAnswer, ...problems(400) },
      },
    },
    async (request, reply) => {
      const { spark, cursor } = request.query;
      const limit = readLimit(request.query.limit, ...limits);
      const { snapshot, from } = placeOf(cursor);
      const [base, quote] = [request.query.base?.toUpperCase(), request.query.quote?.toUpperCase()];
      const isWanted = (row: TickerRow) =>
        (base === undefined || row.base === base) && (quote === undefined || row.quote === quote);
      const rows = base === undefined && quote === undefined ? snapshot.rows : snapshot.rows.filter(isWanted);
      const isLast = from + limit >= rows.length;
      if (!isLast) tickers.keep(snapshot);
      const etag = etagOf([snapshot.id, base, quote, spark, limit, from].join(' '));
      const plain = reply as FastifyReply;
      plain.header('vary', 'accept-encoding');
      if (hasIt(request, plain, etag)) return plain.code(304).send();
      const body = bodies.of(
        etag,
        (): TickersAnswer => ({
          ...source(snapshot),
          tickers: rows.slice(from, from + limit).map((row) => answerRow(row, snapshot.asOfMs, spark !== undefined)),
          next: isLast ? null : cursorOf(snapshot, from + limit),
        }),
      );
      const encoding = acceptedEncoding(request.headers['accept-encoding']);
      plain.type('application/json; charset=utf-8').serializer(String);
      if (!encoding) return plain.send(body.text);
      return plain.header('content-encoding', encoding).send(await body.compressed(encoding));
    },
  );

  app.get(
    '/tickers/:symbol',
    {
      schema: {
        tags: ['market'],
        operationId: 'getTicker',
        summary: 'The last 24 hours of one symbol',
        params: TickerPath,
        querystring: TickerQuery,
        response: { 200: TickerAnswer, ...problems(404, 503) },
      },
    },
    async (request, reply) => {
      const symbol = request.params.symbol.toLowerCase();
      const row = tickers.row(symbol);
      if (!row && !symbols.mayExist(symbol))
        throw new AppError('not_found', `The exchange does not list ${JSON.stringify(symbol)}.`);
      const { stale, simulated } = tickers.now();
      if (!row)
        throw new AppError('unavailable', `Nothing is known yet of the last 24 hours of ${symbol}.`, {
          retryAfterMs: 5_000,
        });
      const asOfMs = Math.max(exchangeNow(), row.timeMs);
      const withSpark = request.query.spark !== undefined;
      const etag = etagOf(JSON.stringify([row, stale, simulated, withSpark]));
      if (hasIt(request, reply as FastifyReply, etag)) return (reply as FastifyReply).code(304).send();
      return { ...source({ asOfMs, stale, simulated }), ticker: answerRow(row, asOfMs, withSpark) };
    },
  );
};
