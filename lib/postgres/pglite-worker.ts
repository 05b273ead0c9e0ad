import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, types } from '@electric-sql/pglite';
import type { WorkerAnswer, WorkerRequest, WorkerStart } from './pglite-protocol.js';

// The thread in which PGlite runs: a statement blocks its thread for as long as it takes.

/** Left as text, as drizzle's PGlite driver wants them. 1231 numeric[], 1115 timestamp[], 1185 timestamptz[], 1187 interval[], 1182 date[]. */
const asText = [types.TIMESTAMP, types.TIMESTAMPTZ, types.INTERVAL, types.DATE, 1231, 1115, 1185, 1187, 1182];
const parsers = Object.fromEntries(asText.map((type) => [type, (value: string) => value]));

const port = parentPort;
if (!port) throw new Error('pglite-worker is started by pglite.ts');

const send = (answer: WorkerAnswer) => port.postMessage(answer);

/** An error as plain data: what is no plain data does not cross threads. */
const faultOf = (thrown: unknown) => {
  const fields = (thrown instanceof Error ? thrown : {}) as { code?: unknown; constraint?: unknown };
  return {
    message: thrown instanceof Error ? thrown.message : String(thrown),
    ...(typeof fields.code === 'string' ? { code: fields.code } : {}),
    ...(typeof fields.constraint === 'string' ? { constraint: fields.constraint } : {}),
  };
};

const database = new PGlite((workerData as WorkerStart).dataFolder);
await database.waitReady;

const serve = async (request: WorkerRequest): Promise<void> => {
  try {
    if (request.kind === 'close') {
      await database.close();
      send({ id: request.id, result: { rows: [], fields: [] } });
      return;
    }
    const { rows, fields, affectedRows } = await database.query(request.text, request.params, { rowMode: request.rowMode, parsers });
    send({ id: request.id, result: { rows, fields, ...(affectedRows === undefined ? {} : { affectedRows }) } });
  } catch (err) {
    send({ id: request.id, fault: faultOf(err) });
  }
};

port.on('message', (request: WorkerRequest) => void serve(request));
send({ id: 0, result: { rows: [], fields: [] } });
