import { Readable } from 'node:stream';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError, toAppError } from '@tickfolio/lib/errors';
import type { ArchiveNames } from '@tickfolio/lib/events/archive';
import { simulatedMark } from '@tickfolio/lib/events/mini-ticker';
import { problemOf } from '@tickfolio/lib/http';
import { html } from '@tickfolio/lib/look/html';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Archive, Away } from './archive/archive.js';
import { rangeOf, readBars } from './archive/bars.js';
import { barsCsv, fileName } from './archive/csv.js';
import { createExports } from './archive/exports.js';
import { exchangeNow, readLatest, suggestSymbols, type Ticker } from './archive/latest-tickers.js';
import { readAudits, readDeadLetters, readRates, readStorage } from './archive/pipeline-figures.js';
import type { Reading, Readings } from './archive/readings.js';
import { readTickerPage } from './archive/ticker-pages.js';
import type { Assets } from './files/assets.js';
import { errorPage, unknownSymbolPage } from './pages/error-page.js';
import { type PageContent, type PageFrame, renderPage } from './pages/page.js';
import { pipelinePage } from './pages/pipeline-page.js';
import { readRange, readSymbolQuery, readTickersQuery } from './pages/query-input.js';
import { symbolPage } from './pages/symbol-page.js';
import type { TickerLog } from './pages/ticker-log.js';
import { tickersPage } from './pages/tickers-page.js';

export interface RouteDeps {
  readonly archive: Archive;
  readonly names: ArchiveNames;
  readonly readings: Readings;
  readonly assets: Assets;
  readonly clock: Clock;
  readonly simulated: () => boolean | undefined;
  readonly log: TickerLog;
  readonly countExported: (rows: number) => void;
}

/** How old a figure may be that somebody sees; many viewers share one reading. */
const liveMs = 1_000;
const longChartMs = 5_000;
const pipelineMs = 5_000;
const slowFigureMs = 30_000;

/** A reading where a table that is not there yet counts as empty: the archiver has never run. */
const orEmpty = async <T>(read: Promise<T>, empty: T): Promise<T> => {
  try {
    return await read;
  } catch (err) {
    if (err instanceof AppError && err.code === 'not_found') return empty;
    throw err;
  }
};

const wantsProblem = (request: FastifyRequest): boolean => {
  const accepted = request.headers.accept ?? '';
  return /\bapplication\/([\w.-]+\+)?json\b/i.test(accepted) && !/\btext\/html\b/i.test(accepted);
};

/** The pages and files of the dashboard, and its way of saying what is wrong. */
export const addRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { archive, names, readings, assets, clock } = deps;
  const exports = createExports(archive, names, deps.countExported);
  const noTickers: ReadonlyMap<string, Ticker> = new Map();
  /** Whether the newest tickers say that they are simulated. */
  let marked: boolean | undefined;
  const latest = async () => {
    const reading = await readings.get('latest', liveMs, () => orEmpty(readLatest(archive, names), noTickers));
    if (reading.value?.size)
      marked = [...reading.value.values()].some(({ eventType }) => eventType.startsWith(simulatedMark));
    return reading;
  };

  const awayOf = (read: readonly Reading<unknown>[]): Away | undefined => {
    if (archive.away) return archive.away;
    // Another query may have succeeded meanwhile.
    const failed = read.find(({ fault }) => fault !== undefined && fault.code !== 'resource_exhausted');
    return failed?.fault && { sinceMs: clock.now(), reason: failed.fault.message };
  };
  const frameOf = (read: readonly Reading<unknown>[]): PageFrame => {
    const shown = read.filter(({ value }) => value !== undefined);
    return {
      assets: assets.urls,
      nowMs: clock.now(),
      simulated: deps.simulated() ?? marked,
      away: awayOf(read),
      readAtMs: shown.length > 0 ? Math.min(...shown.map(({ readAtMs }) => readAtMs)) : undefined,
    };
  };
  const send = (reply: FastifyReply, frame: PageFrame, content: PageContent, status = 200): FastifyReply => {
    if (status === 503) reply.header('retry-after', 5);
    return reply
      .code(status)
      .header('cache-control', 'no-store')
      .header('vary', 'accept')
      .type('text/html; charset=utf-8')
      .send(renderPage(frame, content));
  };
  const sendError = (request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply => {
    if (error.retryAfterMs !== undefined)
      reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1_000)));
    const problem = problemOf(error, request.id);
    if (wantsProblem(request))
      return reply
        .code(problem.status)
        .header('vary', 'accept')
        .type('application/problem+json; charset=utf-8')
        .send(JSON.stringify(problem));
    return send(reply, frameOf([]), errorPage(error), problem.status);
  };

  /** A page that stands on `main`. Where that could not be read it is worth a 503, so that programs notice. */
  const sendRead = (
    request: FastifyRequest,
    reply: FastifyReply,
    main: Reading<unknown>,
    frame: PageFrame,
    content: PageContent,
  ) => {
    if (main.value !== undefined) return send(reply, frame, content);
    const fault = main.fault ?? new AppError('unavailable', 'ClickHouse is away.');
    const isPage = fault.code !== 'resource_exhausted' && !wantsProblem(request);
    return isPage ? send(reply, frame, content, 503) : sendError(request, reply, fault);
  };

  app.setErrorHandler<FastifyError>((thrown, request, reply) => {
    const known = thrown instanceof AppError || (thrown.statusCode ?? 500) >= 500;
    const error = known ? toAppError(thrown) : new AppError('invalid_argument', thrown.message, { cause: thrown });
    if (error.code === 'internal') request.log.error({ err: error }, 'request failed');
    return sendError(request, reply, error);
  });
  app.setNotFoundHandler((request, reply) =>
    sendError(
      request,
      reply,
      new AppError('not_found', `There is nothing at ${request.method} ${request.url.split('?')[0]}.`),
    ),
  );

  app.get('/', async (request, reply) => {
    const query = readTickersQuery(request.query);
    const reading = await latest();
    const frame = frameOf([reading]);
    return sendRead(request, reply, reading, frame, tickersPage(query, reading.value, frame.nowMs, deps.log));
  });

  type SymbolRoute = { Params: { symbol: string } };

  /** The symbol's newest ticker; undefined when the answer has been sent already. */
  const knownSymbol = async (
    request: FastifyRequest<SymbolRoute>,
    reply: FastifyReply,
  ): Promise<Ticker | undefined> => {
    const { symbol } = request.params;
    const reading = await latest();
    const ticker = reading.value?.get(symbol);
    if (ticker) return ticker;
    const upper = symbol.toUpperCase();
    if (reading.value?.has(upper)) {
      const [, path = '', rest = ''] = /^\/symbols\/[^/?]+([^?]*)(.*)$/.exec(request.url) ?? [];
      await reply.redirect(`/symbols/${encodeURIComponent(upper)}${path}${rest}`, 302);
      return undefined;
    }
    const frame = frameOf([reading]);
    if (reading.value === undefined) {
      await sendRead(request, reply, reading, frame, {
        title: symbol,
        current: 'symbol',
        live: true,
        main: html`<h1>${symbol}</h1>`,
      });
      return undefined;
    }
    if (wantsProblem(request)) throw new AppError('not_found', `The archive has no tickers of ${symbol}.`);
    await send(reply, frame, unknownSymbolPage(symbol, suggestSymbols(symbol, [...reading.value.keys()])), 404);
    return undefined;
  };

  app.get<SymbolRoute>('/symbols/:symbol', async (request, reply) => {
    const ticker = await knownSymbol(request, reply);
    if (!ticker) return reply;
    const { symbol } = ticker;
    const query = readSymbolQuery(symbol, request.query);
    const { range, size, start } = query;
    const span = rangeOf(range);
    const marketMs = exchangeNow((await latest()).value, clock.now());
    const [bars, page] = await Promise.all([
      readings.get(`bars ${range} ${symbol}`, span.from === 'hours' ? longChartMs : liveMs, () =>
        readBars(archive, names, symbol, span, marketMs),
      ),
      readings.get(`page ${size} ${JSON.stringify(start)} ${symbol}`, liveMs, () =>
        readTickerPage(archive, names, { symbol, start, size, newestMs: ticker.eventMs }),
      ),
    ]);
    const frame = frameOf([await latest(), bars, page]);
    return send(
      reply,
      frame,
      symbolPage(query, { latest: ticker, bars: bars.value, page: page.value, marketMs }, frame.nowMs),
    );
  });

  const sendFile = (reply: FastifyReply, name: string): FastifyReply =>
    reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${name}"`)
      .type('text/csv; charset=utf-8; header=present');

  app.get<SymbolRoute>('/symbols/:symbol/tickers.csv', async (request, reply) => {
    const ticker = await knownSymbol(request, reply);
    if (!ticker) return reply;
    const range = rangeOf(readRange(request.query));
    const marketMs = exchangeNow((await latest()).value, clock.now());
    const toMs = Math.max(marketMs, ticker.eventMs);
    const wanted = { symbol: ticker.symbol, fromMs: marketMs - range.spanMs, toMs };
    // Who asks only for the head gets none of the rows, so none is read.
    const rows = request.method === 'HEAD' ? Readable.from([]) : await exports.tickers(wanted);
    return sendFile(reply, fileName(ticker.symbol, `tickers-${range.name}`, marketMs)).send(rows);
  });

  app.get<SymbolRoute>('/symbols/:symbol/bars.csv', async (request, reply) => {
    const ticker = await knownSymbol(request, reply);
    if (!ticker) return reply;
    const range = rangeOf(readRange(request.query));
    const marketMs = exchangeNow((await latest()).value, clock.now());
    const bars = await readBars(archive, names, ticker.symbol, range, marketMs);
    return sendFile(reply, fileName(ticker.symbol, `bars-${range.name}`, marketMs)).send(barsCsv(ticker.symbol, bars));
  });

  app.get('/pipeline', async (request, reply) => {
    const nowMs = clock.now();
    const empty = { rows: 0n, bytes: 0n, plainBytes: 0n };
    const [tickers, rates, audits, deadLetters, storage] = await Promise.all([
      latest(),
      readings.get('rates', pipelineMs, async () =>
        orEmpty(readRates(archive, names, exchangeNow((await latest()).value, nowMs)), []),
      ),
      readings.get('audits', pipelineMs, () => orEmpty(readAudits(archive, names, nowMs), [])),
      readings.get('dead letters', slowFigureMs, () => orEmpty(readDeadLetters(archive, names), new Map())),
      readings.get('storage', pipelineMs, () => orEmpty(readStorage(archive, names), empty)),
    ]);
    const newest =
      tickers.value && [...tickers.value.values()].reduce((latest, { receiveMs }) => Math.max(latest, receiveMs), 0);
    const frame = frameOf([tickers, rates, audits, deadLetters, storage]);
    const figures = {
      rates: rates.value?.length ? rates.value : undefined,
      newestMs: newest === 0 ? null : newest,
      audits: audits.value,
      deadLetters: deadLetters.value,
      storage: storage.value,
    };
    return sendRead(request, reply, tickers, frame, pipelinePage(figures, frame.nowMs, deps.log));
  });

  assets.add(app);
  app.get('/favicon.ico', async (_request, reply) => reply.redirect(assets.urls.icon, 302));
};
