import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { type ClickHouseClientConfigOptions, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { HoldStore } from '../../embedded-store/embedded-store.js';
import type { Lane } from '../../lane/lane.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { createClientPort } from '../client-port.js';
import type { ClickHouse, Params } from '../port.js';
import { createQueryLane } from '../query-lane.js';
import { paramTexts } from '../tab-separated.js';
import { copyChdb } from './copy.js';
import { type ChdbEngine, type ChdbEngineOptions, type EngineStatement, openChdbEngine } from './engine.js';
import { runInLane } from './lane.js';

export { keepFreeBytes } from './access.js';
export { NoEngineError } from './package.js';
export { chdbNeedsBytes } from './start.js';

export interface ChdbClickHouseOptions extends ChdbEngineOptions {
  readonly log: Logger;
  /** Queries that run at once; writes run one at a time beside them. Default 2. */
  readonly maxReaders?: number;
  /** Statements that may wait for their turn, reads and writes each. Default 64. */
  readonly maxWaiting?: number;
  /** How long `close` waits before it kills running statements. Default 5 000. */
  readonly closeTimeoutMs?: number;
}

/** The embedded ClickHouse: the port, and the engine below it for `startClickHouseHttp`. */
export interface ChdbClickHouse extends ClickHouse {
  readonly engine: ChdbEngine;
  /** Queries go on meanwhile. */
  readonly hold: HoldStore;
}

/**
 * Opens the embedded ClickHouse (chDB) on a folder; it is there for what runs in one process with it, and needs some
 * 250 MB of memory. What was acknowledged survives a kill of this process. Statements of the same kind take turns: one
 * write, `maxReaders` reads.
 * @throws DamagedStoreError, NoRoomError, NoEngineError, and StartError when another process has the folder.
 */
export const openChdbClickHouse = async (options: ChdbClickHouseOptions): Promise<ChdbClickHouse> => {
  const { clock, log, maxReaders = 2, maxWaiting = 64, closeTimeoutMs } = options;
  const engine = await openChdbEngine(options);
  if (engine.setAside.length > 0)
    log.error(
      { reason: engine.setAside.slice(0, maxToldParts).join('; '), parts: engine.setAside.length },
      'parts of the archive cannot be read and were set aside; what no older part holds is missing until a backup is restored, or those folders are removed',
    );
  const writes = createQueryLane({ width: 1, maxWaiting, name: 'writes to the embedded ClickHouse' });
  const reads = createQueryLane({ width: maxReaders, maxWaiting, name: 'queries of the embedded ClickHouse' });
  const client = createClient({
    connection: createEngineConnection(engine, writes, reads),
    log: { level: ClickHouseLogLevel.OFF },
  });
  const port = createClientPort(client, {
    clock,
    closeTimeoutMs,
    shut: async () => {
      await Promise.all([writes.close(), reads.close(), engine.close()]);
      log.debug('the embedded ClickHouse is closed');
    },
  });
  const freeze = async (name: string) => {
    const tables = await port.query<{ name: string }>(
      "SELECT concat('`', database, '`.`', name, '`') AS name FROM system.tables WHERE engine LIKE '%MergeTree' AND database != 'system'",
    );
    // Past the lane of writes, which is held.
    for (const table of tables)
      await engine.run({ sql: `ALTER TABLE ${table.name} FREEZE WITH NAME '${name}'` }).answer;
  };
  const hold: HoldStore = (work) =>
    writes.run(() =>
      work({ copyTo: (folder) => copyChdb({ data: engine.data, freeze }, join(folder, basename(engine.data))) }),
    );
  return { ...port, engine, hold };
};

/** As many parts are named; further ones are counted. */
const maxToldParts = 5;

/** All of a stream. A piece that comes alone is not copied: a batch of the archive is some megabytes in one. */
const collect = async (stream: AsyncIterable<Uint8Array | string>): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of stream)
    pieces.push(
      typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece.buffer, piece.byteOffset, piece.length),
    );
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
};

type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>;
type BaseParams = Parameters<Connection['query']>[0];

/** What belongs to the HTTP interface and not to the engine. */
const httpSettings = /^(wait_end_of_query|send_progress_in_http_headers|(http|enable_http)_.+)$/;

/** What waits for other queries only; anything else, a comment in front too, takes its turn among the writes. */
const reading = /^\s*\(*\s*(SELECT|WITH|SHOW|DESCRIBE|DESC|EXISTS|EXPLAIN)\b/i;

/**
 * Lets @clickhouse/client work on the engine. Every statement has a session of its own, so settings and parameters stay
 * with nobody.
 */
const createEngineConnection = (engine: ChdbEngine, writes: Lane, reads: Lane): Connection => {
  const statement = ({ query, clickhouse_settings = {}, query_params }: BaseParams): EngineStatement => ({
    sql: query,
    settings: Object.fromEntries(
      Object.entries(clickhouse_settings)
        .filter(([name, value]) => value !== undefined && !httpSettings.test(name))
        .map(([name, value]) => [name, typeof value === 'number' ? value : String(value)]),
    ),
    ...(query_params ? { params: paramTexts(query_params as Params) } : {}),
  });
  const run = async (given: EngineStatement, signal: AbortSignal | undefined): Promise<Buffer> =>
    (await runInLane(engine, reading.test(given.sql) ? reads : writes, given, signal)).bytes;
  const done = (queryId: string | undefined) => ({
    query_id: queryId ?? randomUUID(),
    response_headers: {},
    http_status_code: 200,
  });
  const counted = {
    read_rows: '0',
    read_bytes: '0',
    written_rows: '0',
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: '0',
    elapsed_ns: '0',
  };
  return {
    ping: async () => {
      try {
        await run({ sql: 'SELECT 1' }, undefined);
        return { success: true };
      } catch (err) {
        return { success: false, error: err instanceof Error ? err : new Error(String(err)) };
      }
    },
    query: async (params) => {
      const bytes = await run(statement(params), params.abort_signal);
      return { ...done(params.query_id), stream: Readable.from([bytes], { objectMode: false }) };
    },
    insert: async (params) => {
      const { values } = params;
      const body = typeof values === 'string' ? Buffer.from(values) : await collect(values);
      if (body.length > 0) await run({ ...statement(params), body }, params.abort_signal);
      return { ...done(params.query_id), summary: counted };
    },
    command: async (params) => {
      await run(statement(params), params.abort_signal);
      return { ...done(params.query_id), summary: counted };
    },
    exec: async (params) => {
      const body = params.values ? { body: await collect(params.values) } : {};
      const bytes = await run({ ...statement(params), ...body }, params.abort_signal);
      return { ...done(params.query_id), stream: Readable.from([bytes], { objectMode: false }), summary: counted };
    },
    close: () => Promise.resolve(),
  };
};
