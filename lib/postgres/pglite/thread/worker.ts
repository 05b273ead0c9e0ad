import { cpSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, types } from '@electric-sql/pglite';
import { systemClock } from '../../../clock/clock.js';
import type { WorkerAnswer, WorkerFault, WorkerRequest, WorkerStart } from './protocol.js';
import { createStatements, type Statements, type StatementsOptions } from './statements.js';

// The thread in which PGlite runs: a statement blocks its thread for as long as it takes.

/**
 * Left as text, as drizzle's PGlite driver wants them. 1231 numeric[], 1115 timestamp[], 1185 timestamptz[], 1187
 * interval[], 1182 date[].
 */
const asText = [types.TIMESTAMP, types.TIMESTAMPTZ, types.INTERVAL, types.DATE, 1231, 1115, 1185, 1187, 1182];
const parsers = Object.fromEntries(asText.map((type) => [type, (value: string) => value]));

const port = parentPort;
if (!port) throw new Error('pglite-worker is started by pglite.ts');

const send = (answer: WorkerAnswer) => port.postMessage(answer);

/**
 * Its log is written whenever a checkpoint frees it (pglite-checkpoint.ts), and files of it are kept for use again; a
 * portfolio needs few. PostgreSQL's own figures, 80 MB and 1 GB, are a server's.
 */
const startParams = [...PGlite.defaultStartParams, '-c', 'min_wal_size=32MB', '-c', 'max_wal_size=64MB'];

/** All services together ask some hundreds of different ones. */
const keptStatements: StatementsOptions = {
  max: 400,
  maxLength: 8_000,
  maxAgeMs: 60_000,
  clock: systemClock,
};

/** What PostgreSQL said last on its standard error: why it gave up, which no error of PGlite's tells. */
let lastWords: string | undefined;
const complaint = /\b(?:PANIC|FATAL): +(.+)/;

/** An error as plain data: what is no plain data does not cross threads. */
const faultOf = (thrown: unknown): WorkerFault => {
  const fields = (thrown instanceof Error ? thrown : {}) as {
    code?: unknown;
    constraint?: unknown;
    severity?: unknown;
  };
  // After a PANIC the next statement would never be answered; a RuntimeError is WebAssembly's own.
  const fatal =
    fields.severity === 'PANIC' ||
    fields.severity === 'FATAL' ||
    (thrown instanceof Error && thrown.name === 'RuntimeError');
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    message: fatal && lastWords !== undefined ? lastWords : message,
    ...(typeof fields.code === 'string' ? { code: fields.code } : {}),
    ...(typeof fields.constraint === 'string' ? { constraint: fields.constraint } : {}),
    ...(fatal ? { fatal } : {}),
  };
};

const open = async (): Promise<PGlite> => {
  const { dataFolder } = workerData as WorkerStart;
  const onStderr = (text: string) => {
    lastWords = complaint.exec(text)?.[1] ?? lastWords;
    return false;
  };
  const database = new PGlite(dataFolder, { startParams, onStderr });
  await database.waitReady;
  // Not with each statement, for which PGlite would copy all it has, nor before it has read its types of arrays.
  Object.assign(database.parsers, parsers);
  return database;
};

/** The schema that names without one mean. */
let current: string | undefined;

/** What is asked in a transaction begins with its `begin`, so this is never undone by a rollback. */
const goTo = async (statements: Statements, schema = current): Promise<void> => {
  if (schema === current) return;
  current = undefined;
  await statements.query(undefined, `select set_config('search_path', quote_ident($1), false)`, [schema], 'array');
  current = schema;
};

const serve = async (database: PGlite, statements: Statements, request: WorkerRequest): Promise<void> => {
  try {
    if (request.kind === 'close') {
      await database.close();
      send({ id: request.id, result: { rows: [], fields: [] } });
      return;
    }
    if (request.kind === 'copy') {
      // Here, because nothing else runs in this thread meanwhile: a gigabyte takes about a second.
      // What a link leads to is copied, too: it goes on changing.
      cpSync((workerData as WorkerStart).dataFolder, request.to, { recursive: true, dereference: true });
      send({ id: request.id, result: { rows: [], fields: [] } });
      return;
    }
    await goTo(statements, request.schema);
    const { text, params, rowMode } = request;
    const { rows, fields, affectedRows } = await statements.query(current, text, params, rowMode);
    send({ id: request.id, result: { rows, fields, ...(affectedRows === undefined ? {} : { affectedRows }) } });
  } catch (err) {
    send({ id: request.id, fault: faultOf(err) });
  }
};

try {
  const database = await open();
  const statements = createStatements(database, keptStatements);
  port.on('message', (request: WorkerRequest) => void serve(database, statements, request));
  send({ id: 0, result: { rows: [], fields: [] } });
} catch (err) {
  send({ id: 0, fault: { message: lastWords ?? (err instanceof Error ? err.message : String(err)), fatal: true } });
}
