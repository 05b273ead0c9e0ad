import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createManualClock } from '@tickfolio/lib/clock';
import { recordedFrames, recordings } from '@tickfolio/lib/kit/recordings';
import { until } from '@tickfolio/lib/kit/wait-until';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ExchangeSim, startExchangeSim } from '../app.js';
import { connect, getJson } from '../kit/client.js';
import type { ReplayOptions } from './replay.js';

let folder = '';
let file = '';
let sim: ExchangeSim | undefined;
const baseMs = 1_617_647_603_000;

const synthetic = () => {
  const rows: { recv: number; frame: { stream: string; data: Readonly<Record<string, unknown>> } }[] = [];
  for (let i = 0; i < 200; i++) {
    const atMs = baseMs + i * 100;
    const trade = {
      e: 'aggTrade',
      E: atMs + 2,
      s: 'BTCUSDT',
      a: 500 + i,
      p: `${58_000 + i}.5${i % 10}000000`,
      q: '0.00150000',
      f: 900 + i * 2,
      l: 901 + i * 2,
      T: atMs + 1,
      m: i % 2 === 0,
      M: true,
    };
    rows.push({ recv: (atMs + 10) / 1_000, frame: { stream: 'btcusdt@aggTrade', data: trade } });
    if (i % 10 === 0)
      rows.push({
        recv: (atMs + 11) / 1_000,
        frame: {
          stream: 'btcusdt@bookTicker',
          data: { u: i, s: 'BTCUSDT', b: '1.00000000', B: '1.00000000', a: '2.00000000', A: '1.00000000' },
        },
      });
  }
  return rows;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
  file = join(folder, 'frames.jsonl');
  const lines = synthetic().map((row) => JSON.stringify(row));
  await writeFile(file, `${lines.join('\n')}\n{"cut off`);
  await writeFile(`${file}.gz`, gzipSync(lines.join('\n')));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  await sim?.close();
  sim = undefined;
});

const start = async (replay: ReplayOptions) => {
  const clock = createManualClock();
  sim = await startExchangeSim({ clock, log: silentLogger() }, { replay });
  return { sim, clock };
};

describe('replay', () => {
  it('shows a coin that costs twelve decimals with all of them, on its stream and over REST', async () => {
    const tiny = join(folder, 'tiny.jsonl');
    const rows = synthetic()
      .slice(0, 20)
      .map(({ recv, frame }) => ({
        recv,
        frame: {
          stream: 'tinyusdt@aggTrade',
          data: { ...frame.data, s: 'TINYUSDT', p: '0.000000000012', q: '1.5000000000' },
        },
      }));
    await writeFile(tiny, rows.map((row) => JSON.stringify(row)).join('\n'));
    const { sim, clock } = await start({ file: tiny, begin: 'start' });
    const client = await connect(`${sim.url}/stream?streams=tinyusdt@aggTrade`);
    clock.advance(1_500);
    const frame = await client.frame(({ data }) => data?.a === 505);
    expect(frame.data).toMatchObject({ p: '0.000000000012', q: '1.50000000' });
    const { body } = await getJson(`${sim.restUrl}/api/v3/aggTrades?symbol=TINYUSDT&fromId=505&limit=1`);
    expect(body).toMatchObject([{ a: 505, p: '0.000000000012' }]);
    const { body: info } = await getJson(`${sim.restUrl}/api/v3/exchangeInfo?symbol=TINYUSDT`);
    expect(info.symbols[0].filters[0]).toMatchObject({ tickSize: '0.000000000001' });
  });

  it('plays the recorded frames as they were, when times are kept', async () => {
    const { sim, clock } = await start({ file, times: 'keep' });
    clock.advance(60_000);
    const client = await connect(`${sim.url}/stream?streams=btcusdt@aggTrade/btcusdt@bookTicker`);
    clock.advance(21_000);
    const expected = synthetic().map(({ frame }) => frame);
    await until(() => client.frames.length >= expected.length);
    expect(client.frames).toEqual(expected);
  });

  it('moves times to the present, keeping order and distances, at the chosen speed', async () => {
    const { sim, clock } = await start({ file: `${file}.gz`, speed: 10 });
    const client = await connect(`${sim.url}/ws/btcusdt@aggTrade`);
    const beganMs = clock.now();
    clock.advance(1_000);
    await until(() => client.frames.length > 90);
    expect(client.frames.length).toBeLessThan(110);
    clock.advance(1_100);
    await until(() => client.frames.length === 200);
    for (const [i, frame] of client.frames.entries()) {
      expect(frame.a).toBe(500 + i);
      expect(Math.abs(frame.T - (beganMs + i * 10))).toBeLessThan(3);
      expect(frame.E).toBeGreaterThanOrEqual(frame.T);
    }
  });

  it('begins at the first subscription unless told otherwise', async () => {
    const waiting = await start({ file });
    waiting.clock.advance(5_000);
    expect(waiting.sim.trades('btcusdt')).toEqual([]);
    await sim?.close();
    const running = await start({ file, begin: 'start' });
    running.clock.advance(5_000);
    expect(running.sim.trades('btcusdt').length).toBeGreaterThan(40);
  });

  it('serves the recording’s symbols and the trades played so far over REST', async () => {
    const { sim, clock } = await start({ file, begin: 'start', times: 'keep' });
    clock.advance(5_000);
    const played = sim.trades('btcusdt').length;
    const { body } = await getJson(`${sim.restUrl}/api/v3/aggTrades?symbol=BTCUSDT&fromId=510`);
    expect(body).toHaveLength(played - 10);
    const { e: _e, E: _E, s: _s, ...row } = synthetic().filter(({ frame }) => frame.data.e)[10]?.frame.data ?? {};
    expect(body[0]).toEqual(row);
    const info = (await getJson(`${sim.restUrl}/api/v3/exchangeInfo`)).body;
    expect(info.symbols).toMatchObject([
      { symbol: 'BTCUSDT', baseAsset: 'BTC', quoteAsset: 'USDT', status: 'TRADING' },
    ]);
    expect(info.symbols[0].filters[0].tickSize).toBe('0.01000000');
  });

  it('refuses a file it cannot read or play, naming it', async () => {
    await expect(start({ file: join(folder, 'none.jsonl') })).rejects.toThrow(/none\.jsonl.*--replay/);
    const empty = join(folder, 'empty.jsonl');
    await writeFile(empty, '{"something":"else"}\n');
    await expect(start({ file: empty })).rejects.toThrow(/holds no frames/);
  });
});

describe('recordings', () => {
  it.each([...recordings])('%s plays frame for frame', async (_name, file) => {
    const expected = recordedFrames(file).map(({ stream, data }) => ({ stream, data }));
    const { sim, clock } = await start({ file, times: 'keep', speed: 100 });
    const client = await connect(
      `${sim.url}/stream?streams=${[...new Set(expected.map(({ stream }) => stream))].join('/')}`,
    );
    for (let i = 0; i < 600 && client.frames.length < expected.length; i++) {
      clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => client.frames.length >= expected.length);
    expect(client.frames).toEqual(expected);
    const rows = expected.filter(({ data }) => data.e === 'aggTrade');
    for (const symbol of new Set(rows.map(({ data }) => String(data.s))))
      expect(sim.trades(symbol, undefined, 10_000).map(({ id }) => id)).toEqual(
        rows.filter(({ data }) => data.s === symbol).map(({ data }) => data.a),
      );
  });
});
