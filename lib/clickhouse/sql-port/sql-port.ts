import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Clock, sleep } from '../../clock/clock.js';
import { AppError, StartError } from '../../errors/errors.js';
import { cutWhenStalled } from '../../http/http.js';
import type { Logger } from '../../telemetry/telemetry.js';
import type { ChdbEngine } from '../chdb/engine.js';
import { runInLane } from '../chdb/lane.js';
import { ClickHouseFault } from '../error.js';
import { createQueryLane } from '../query-lane.js';
import { createAnalystGuard } from './analyst-guard.js';
import { formatOf, sendFault, sendResult, statusOf } from './answer.js';
import { isLoopback, mayAsk } from './origin.js';
import { type HttpStatement, type RequestBounds, readStatement } from './request.js';
import { type AnalystLimits, analystSettings } from './setting.js';

export interface ClickHouseHttpDeps {
  readonly engine: ChdbEngine;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ClickHouseHttpOptions {
  /** Default 127.0.0.1: whoever reaches the port may read everything. */
  readonly host?: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** For the message that the port is taken. */
  readonly portVariable?: string;
  /**
   * Default true: statements that only read, as the analyst's role. False, for tests: everything that the engine can
   * do.
   */
  readonly readOnly?: boolean;
  /** Asked of every request when it is set; only without `readOnly`. */
  readonly password?: string;
  /** What one query may take. Default 30 s, 512 MB of memory, 1 000 000 rows, 64 MB, 2 threads. */
  readonly limits?: Partial<AnalystLimits>;
  /** Queries that run at once. Default 2. */
  readonly maxConcurrent?: number;
  /** Queries that wait for their turn, and how long; without `readOnly` as long as it takes. Default 16, 3 000. */
  readonly maxWaiting?: number;
  readonly maxWaitMs?: number;
  /**
   * Web pages, besides those of this machine, whose scripts may read answers: `https://tabix.example`. Default none.
   */
  readonly corsOrigins?: readonly string[];
}

export interface ClickHouseHttp {
  readonly port: number;
  /** Lets running queries end (bounded), then closes. The engine stays its owner's. */
  close(): Promise<void>;
}

const defaultLimits: AnalystLimits = {
  maxSeconds: 30,
  maxMemoryBytes: 512_000_000,
  maxResultRows: 1_000_000,
  maxResultBytes: 64_000_000,
  maxThreads: 2,
};
const maxQueryBytes = 64 * 1_024;
const maxBodyBytes = 64 * 1_024 * 1_024;
/** A query stands in the URL of a GET. */
const maxHeaderBytes = 128 * 1_024;
const maxConnections = 256;
const keepAliveMs = 10_000;
const closeTimeoutMs = 5_000;
/** Past its own time limit a query is killed. */
const killGraceMs = 1_000;

/**
 * Serves the embedded engine as ClickHouse's HTTP interface does, for curl, Tabix and client libraries.
 * Whoever reaches the port needs no password, so it listens on this machine only, unless told otherwise.
 * @throws StartError when the port is taken
 */
export const startClickHouseHttp = async (
  deps: ClickHouseHttpDeps,
  options: ClickHouseHttpOptions,
): Promise<ClickHouseHttp> => {
  const { engine, clock, log } = deps;
  const {
    host = '127.0.0.1',
    readOnly = true,
    maxConcurrent = 2,
    maxWaiting = 16,
    maxWaitMs = 3_000,
    corsOrigins = [],
  } = options;
  const limits: AnalystLimits = { ...defaultLimits, ...options.limits };
  const guard = readOnly ? await createAnalystGuard(engine) : undefined;
  const patience = readOnly ? { clock, ms: maxWaitMs } : undefined;
  const lane = createQueryLane({ width: maxConcurrent, maxWaiting, patience, name: 'queries' });
  const bounds: RequestBounds = {
    maxQueryBytes: readOnly ? maxQueryBytes : maxBodyBytes,
    maxBodyBytes: readOnly ? maxQueryBytes : maxBodyBytes,
  };

  /** Runs one statement. @throws ClickHouseFault, AppError when too many wait */
  const execute = async (statement: HttpStatement, method: string, signal: AbortSignal) => {
    const { sql, params, settings, database, format, body } = statement;
    const common = { params, format, ...(database === undefined ? {} : { database }) };
    if (!guard) {
      // As on a server, a GET changes nothing.
      const kept = method === 'POST' ? settings : { ...settings, readonly: 2 };
      const given = { sql, settings: kept, ...common, ...(body ? { body } : {}) };
      return { answer: await runInLane(engine, lane, given, signal), format: formatOf(sql, format) };
    }
    if (body || database === 'system')
      throw new ClickHouseFault(164, 'READONLY', 'default: Cannot execute query in readonly mode.');
    const bounded = analystSettings(settings, limits);
    let written = sql;
    const judge = async () => {
      written = await guard.admit(sql, params);
    };
    const answer = await runInLane(engine, lane, { sql, settings: bounded, asAnalyst: true, ...common }, signal, judge);
    if (answer.bytes.length > limits.maxResultBytes) {
      throw new ClickHouseFault(
        396,
        'TOO_MANY_ROWS_OR_BYTES',
        `Limit for result exceeded, max bytes: ${limits.maxResultBytes}. Ask for fewer rows.`,
      );
    }
    return { answer, format: formatOf(written, format) };
  };

  const answerQuery = async (request: IncomingMessage, response: ServerResponse, params: URLSearchParams) => {
    const { method = 'GET' } = request;
    const controller = new AbortController();
    const timer = readOnly
      ? clock.after(limits.maxSeconds * 1_000 + killGraceMs, () =>
          controller.abort(
            new ClickHouseFault(159, 'TIMEOUT_EXCEEDED', `Timeout exceeded: maximum: ${limits.maxSeconds} seconds`),
          ),
        )
      : undefined;
    response.once('close', () => {
      if (!response.writableFinished)
        controller.abort(new ClickHouseFault(394, 'QUERY_WAS_CANCELLED', 'The client has gone'));
    });
    const startedMs = clock.monotonic();
    try {
      const statement = await readStatement(request, params, bounds);
      if (!statement) {
        if (method === 'POST') throw new ClickHouseFault(62, 'SYNTAX_ERROR', 'Empty query');
        response.writeHead(200, { 'Content-Type': 'text/html; charset=UTF-8' }).end('Ok.\n');
        return;
      }
      if (options.password !== undefined && statement.password !== options.password) {
        throw new ClickHouseFault(
          516,
          'AUTHENTICATION_FAILED',
          `${statement.user}: Authentication failed: password is incorrect, or there is no user with such name.`,
        );
      }
      const { answer, format } = await execute(statement, method, controller.signal);
      const queryId = statement.queryId ?? randomUUID();
      const zone = zoneOf(statement, engine);
      cutWhenStalled(response, clock, () => log.info({ queryId }, 'a reader stopped taking its answer, which was cut'));
      await sendResult(response, answer, { queryId, format, gzip: statement.gzip, head: method === 'HEAD', zone });
      log.debug(
        { queryId, rows: answer.rows, bytes: answer.bytes.length, ms: Math.round(clock.monotonic() - startedMs) },
        'answered a query',
      );
    } catch (err) {
      const fault = toFault(err);
      if (statusOf(fault) === 500) log.warn({ err: fault }, 'a query of the ClickHouse port failed');
      else log.debug({ code: fault.code, type: fault.type }, 'refused a query');
      sendFault(response, fault, engine.version);
    } finally {
      timer?.cancel();
    }
  };

  const onRequest = async (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('X-ClickHouse-Server-Display-Name', 'tickfolio');
    const { method = 'GET', url = '/' } = request;
    if (!URL.canParse(url, 'http://clickhouse')) {
      response
        .writeHead(400, { 'Content-Type': 'text/plain; charset=UTF-8' })
        .end(`"${url}" is no address that can be read.\n`);
      return;
    }
    const { pathname, searchParams } = new URL(url, 'http://clickhouse');
    if (!mayAsk(request, response, { loopbackOnly: isLoopback(host), corsOrigins })) return;
    if (method === 'OPTIONS') response.writeHead(204).end();
    else if (!['GET', 'POST', 'HEAD'].includes(method))
      response.writeHead(405, { Allow: 'GET, POST, HEAD, OPTIONS' }).end();
    else if (pathname === '/ping' || pathname === '/replicas_status')
      response.writeHead(200, { 'Content-Type': 'text/html; charset=UTF-8' }).end('Ok.\n');
    else if (pathname === '/') await answerQuery(request, response, searchParams);
    else {
      const hint = `There is nothing at ${pathname}. Send queries to / (POST, or GET /?query=…); /ping says whether the server is there.\n`;
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=UTF-8' }).end(hint);
    }
  };
  const server = createServer({ maxHeaderSize: maxHeaderBytes, keepAliveTimeout: keepAliveMs }, (request, response) => {
    onRequest(request, response).catch((err: unknown) => {
      log.error({ err }, 'a request to the ClickHouse port failed');
      response.destroy();
    });
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (err: NodeJS.ErrnoException) => {
      if (err.code !== 'EADDRINUSE' && err.code !== 'EACCES') reject(err);
      const why = err.code === 'EACCES' ? 'may not be opened by this user' : 'is in use';
      const { portVariable = 'the port' } = options;
      reject(
        new StartError(
          `Port ${options.port} on ${host} ${why}. Set ${portVariable} to another one (0 picks a free one).`,
        ),
      );
    });
    server.listen(options.port, host, resolve);
  });
  const bound = server.address();
  let closing: Promise<void> | undefined;
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : options.port,
    close: () => {
      closing ??= (async () => {
        const ended = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeIdleConnections();
        await Promise.race([ended, sleep(clock, closeTimeoutMs)]);
        // Ends what still runs, as a client does that goes away.
        server.closeAllConnections();
        await Promise.all([ended, lane.close()]);
      })();
      return closing;
    },
  };
};

/**
 * The zone that an answer's times are in: the one that was asked for; as on a server, an empty one asks for the host's.
 */
const zoneOf = ({ settings }: HttpStatement, { zone, hostZone }: Pick<ChdbEngine, 'zone' | 'hostZone'>): string => {
  const asked = settings.session_timezone;
  return asked === undefined ? zone : String(asked) || hostZone;
};

const toFault = (err: unknown): ClickHouseFault => {
  if (err instanceof ClickHouseFault) return err;
  if (err instanceof AppError && err.code === 'resource_exhausted')
    return new ClickHouseFault(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', err.message);
  if (err instanceof AppError && (err.code === 'unavailable' || err.code === 'canceled'))
    return new ClickHouseFault(236, 'ABORTED', err.message);
  return new ClickHouseFault(1002, 'UNKNOWN_EXCEPTION', err instanceof Error ? err.message : String(err));
};
