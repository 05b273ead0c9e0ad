import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { acceptedEncoding } from '../../http/http.js';
import { ClickHouseFault } from '../error.js';
import { urlSettings } from './setting.js';

/** What a request of ClickHouse's HTTP interface asks for. */
export interface HttpStatement {
  readonly sql: string;
  /** Rows of an INSERT whose text stands in the URL. */
  readonly body: Buffer | undefined;
  readonly database: string | undefined;
  /** When the text names none. */
  readonly format: string;
  readonly queryId: string | undefined;
  readonly settings: Readonly<Record<string, string | number>>;
  readonly params: Readonly<Record<string, string>>;
  readonly user: string;
  readonly password: string;
  /** The sender takes a compressed answer. */
  readonly gzip: boolean;
}

export interface RequestBounds {
  readonly maxQueryBytes: number;
  /** Rows of an INSERT, as they are after unpacking. */
  readonly maxBodyBytes: number;
}

const unzip = promisify(gunzip);

const tooLarge = (what: string, bytes: number) =>
  new ClickHouseFault(223, 'QUERY_IS_TOO_LARGE', `${what} is larger than ${bytes} bytes.`);

const readBody = async (request: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge('The body', maxBytes);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body;
  if (encoding !== 'gzip')
    throw new ClickHouseFault(48, 'NOT_IMPLEMENTED', `Content-Encoding ${encoding} is not supported, gzip is.`);
  try {
    return await unzip(body, { maxOutputLength: maxBytes });
  } catch (err) {
    if (err instanceof Error && 'code' in err && err.code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge('The unpacked body', maxBytes);
    throw new ClickHouseFault(354, 'ZLIB_INFLATE_FAILED', 'The body is not gzip.');
  }
};

/** Programs send UTF-8 there too; Node takes a header's bytes for letters one by one. */
const header = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : undefined;
};

const credentials = (request: IncomingMessage, params: URLSearchParams) => {
  const [, basic] = /^Basic (.+)$/i.exec(header(request, 'authorization') ?? '') ?? [];
  if (basic !== undefined) {
    const [user = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    return { user, password: rest.join(':') };
  }
  return {
    user: header(request, 'x-clickhouse-user') ?? params.get('user') ?? 'default',
    password: header(request, 'x-clickhouse-key') ?? params.get('password') ?? '',
  };
};

/**
 * An id goes back in a header, so it is looked at before anything runs. Letters of any language will do, what ends a
 * line will not.
 */
const readQueryId = (request: IncomingMessage, params: URLSearchParams): string | undefined => {
  const id = params.get('query_id') || header(request, 'x-clickhouse-query-id');
  if (id !== undefined && /\p{Cc}/u.test(id))
    throw new ClickHouseFault(36, 'BAD_ARGUMENTS', 'The query_id has control characters.');
  return id;
};

/** It goes back in a header too. */
const readFormat = (request: IncomingMessage, params: URLSearchParams): string => {
  const format = params.get('default_format') ?? header(request, 'x-clickhouse-format') ?? 'TabSeparated';
  if (!/^\w{1,64}$/.test(format))
    throw new ClickHouseFault(73, 'UNKNOWN_FORMAT', `Unknown format ${format.slice(0, 64)}`);
  return format;
};

/** Reads a request for `/`; undefined when it asks for nothing. @throws ClickHouseFault */
export const readStatement = async (
  request: IncomingMessage,
  params: URLSearchParams,
  { maxQueryBytes, maxBodyBytes }: RequestBounds,
): Promise<HttpStatement | undefined> => {
  for (const name of ['compress', 'decompress']) {
    if (params.get(name) === '1')
      throw new ClickHouseFault(48, 'NOT_IMPLEMENTED', `${name}=1 is not supported; use gzip.`);
  }
  const query = params.get('query')?.trim() ?? '';
  const data = await readBody(request, maxBodyBytes);
  const isInsert = /^(\s|--.*\n|\/\*[\s\S]*?\*\/)*INSERT\b/i.test(query);
  const sql = isInsert ? query : [query, data.toString('utf8')].filter((part) => part.trim() !== '').join('\n');
  if (sql.trim() === '') return undefined;
  if (Buffer.byteLength(sql) > (isInsert || !/^\s*INSERT\b/i.test(sql) ? maxQueryBytes : maxBodyBytes))
    throw tooLarge('The query', maxQueryBytes);
  const database = params.get('database') ?? header(request, 'x-clickhouse-database');
  return {
    sql: sql.replace(/[\s;]+$/, ''),
    body: isInsert && data.length > 0 ? data : undefined,
    database: database === '' ? undefined : database,
    format: readFormat(request, params),
    queryId: readQueryId(request, params),
    settings: urlSettings(params),
    params: Object.fromEntries(
      [...params]
        .filter(([name]) => name.startsWith('param_'))
        .map(([name, value]) => [name.slice('param_'.length), value]),
    ),
    ...credentials(request, params),
    gzip:
      params.get('enable_http_compression') === '1' &&
      acceptedEncoding(header(request, 'accept-encoding'), ['gzip']) === 'gzip',
  };
};
