import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { brotliDecompressSync, createBrotliDecompress, createGunzip } from 'node:zlib';
import type { ClickHouse } from '@tickfolio/lib/clickhouse';
import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestDashboard, type TestDashboard } from '../kit/archive.js';

const longId = 'x'.repeat(2_000);
const path = '/symbols/BTCUSDT/tickers.csv?range=24h';
let clock: ManualClock;
let dashboard: TestDashboard;
/** Pages that were read of the archive. */
let pages: number;
/** Rows that the archive has, one for each of the last so many milliseconds. */
let rows: number;
/** The archive's next page comes after this. */
let nextPage: Promise<void> | undefined;
const open = new Set<Socket>();

/** An archive with tickers of long ids, so that a few rows fill every buffer between two programs. */
const archive = {
  query: async (_sql: string, params: { readonly limit?: number; readonly at?: string }) => {
    const ticker = (eventMs: number) => ({
      messageId: `${longId}${eventMs}`,
      eventType: '24hrMiniTicker',
      symbol: 'BTCUSDT',
      eventMs: String(eventMs),
      receiveMs: String(eventMs),
      ...{ close: '1', open: '1', high: '1', low: '1', change: '0', percent: '0', volume: null, quoteVolume: null },
    });
    if (params.limit === undefined) return [ticker(clock.now())];
    if (pages++ > 0) await nextPage;
    const newestMs = Number(params.at) - 1;
    const count = Math.min(params.limit, newestMs - (clock.now() - rows) + 1);
    return Array.from({ length: count }, (_, at) => ticker(newestMs - at));
  },
  check: async () => undefined,
} as unknown as ClickHouse;

beforeEach(async () => {
  [pages, rows, nextPage] = [0, Number.POSITIVE_INFINITY, undefined];
  clock = createManualClock();
  dashboard = await startTestDashboard(archive, { clock });
});
afterEach(async () => {
  for (const socket of open) socket.destroy();
  open.clear();
  await dashboard.close();
});

/** A connection over which the file was asked for; nothing of the answer is read yet. */
const ask = (method: string, headers = ''): Socket => {
  const socket = connect(dashboard.port, '127.0.0.1');
  open.add(socket);
  socket.write(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`);
  return socket;
};
const wholeOf = async (socket: Socket): Promise<{ readonly head: string; readonly body: Buffer }> => {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
  await once(socket, 'close');
  const all = Buffer.concat(chunks);
  const end = all.indexOf('\r\n\r\n') + 4;
  return { head: all.subarray(0, end).toString(), body: all.subarray(end) };
};
const statusOfAnother = async () => {
  const answer = await dashboard.get(path, { 'accept-encoding': 'identity' });
  await answer.body?.cancel();
  return answer.status;
};

it('gives the next reader a file after four others stopped reading theirs', async () => {
  for (let reader = 0; reader < 4; reader++) await once(ask('GET'), 'readable');
  expect(await statusOfAnother()).toBe(429);
  // They are waited for 5 minutes.
  for (let looks = 0; looks < 10; looks++) clock.advance(30_000);
  const later = () => {
    clock.advance(30_000);
    return statusOfAnother();
  };
  await expect.poll(later, { interval: 100 }).toBe(200);
});

it('waits for a reader over a slow line, however long the file takes', async () => {
  const socket = ask('GET');
  await once(socket, 'readable');
  let bytes = 0;
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let taken = 0; taken < 3_000_000; ) {
      const chunk = socket.read() as Buffer | null;
      if (chunk) taken += chunk.length;
      else await once(socket, 'readable');
      bytes += chunk?.length ?? 0;
    }
    clock.advance(29_000);
    expect(socket.destroyed).toBe(false);
  }
  expect(bytes).toBeGreaterThanOrEqual(15_000_000);
});

it('reads none of the rows for a program that asks only for the head of a file', async () => {
  const { head } = await wholeOf(ask('HEAD', 'Accept-Encoding: gzip\r\n'));
  expect(head).toMatch(/^HTTP\/1\.1 200 /);
  expect(head).toMatch(/^content-disposition: attachment; filename="BTCUSDT-tickers-24h-/m);
  expect(head).not.toMatch(/^content-length: /m);
  expect(pages).toBe(0);
});

it.each([
  ['br', createBrotliDecompress],
  ['gzip', createGunzip],
] as const)(
  'brings the first rows of a file at once where the archive is slow, packed with %s',
  async (encoding, unpacking) => {
    let answer = () => {};
    nextPage = new Promise((resolve) => {
      answer = resolve;
    });
    rows = 5_000;
    const body = unpacking();
    const sent = request({ port: dashboard.port, path, headers: { 'accept-encoding': encoding } }, (response) =>
      response.pipe(body),
    ).end();
    sent.once('socket', (socket) => open.add(socket));
    let lines = 0;
    for await (const text of body.setEncoding('utf8')) {
      lines += (text as string).split('\r\n').length - 1;
      if (lines === 1 + 4_000) answer();
    }
    expect(lines).toBe(1 + 5_000);
  },
);

it('packs a file the way its reader can unpack it, also where that is brotli alone', async () => {
  rows = 10;
  const { head, body } = await wholeOf(ask('GET', 'Accept-Encoding: br\r\n'));
  expect(head).toMatch(/^content-encoding: br$/m);
  // Chunked: a length in hex before each piece.
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const length = Number.parseInt(body.subarray(at, end).toString(), 16);
    if (length === 0) break;
    pieces.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
  expect(brotliDecompressSync(Buffer.concat(pieces)).toString().split('\r\n')).toHaveLength(1 + 10 + 1);
});
