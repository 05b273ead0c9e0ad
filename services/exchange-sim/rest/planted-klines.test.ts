import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createManualClock } from '@tickfolio/lib/clock';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { type ExchangeSim, startExchangeSim } from '../app.js';
import { getJson } from '../kit/client.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const hourMs = 3_600_000;
const nowMs = Date.parse('2026-01-27T10:20:00Z');
const rowAt = (openMs: number, price: string) => [
  ...[openMs, price, price, price, price, '2.00000000', openMs + hourMs - 1],
  ...['0.000123', 3, '1.00000000', '0.00006', '0'],
];
const lineOf = (openMs: number, price: string, symbol = 'BTCUSDT') =>
  JSON.stringify({ symbol, interval: '1h', kline: rowAt(openMs, price) });

const start = async (text: string): Promise<ExchangeSim> => {
  const folder = await temporaryFolder();
  open.push({ close: folder.remove });
  const klinesFile = join(folder.path, 'klines.jsonl');
  await writeFile(klinesFile, text);
  const sim = await startExchangeSim(
    { clock: createManualClock(nowMs), log: silentLogger() },
    { symbols: 4, klinesFile },
  );
  open.unshift(sim);
  return sim;
};

describe('klines of a file', () => {
  const atHour = (ago: number) => Math.floor(nowMs / hourMs - ago) * hourMs;

  it('are answered as they stand there, with what they lack, between those that are made up', async () => {
    const planted = [atHour(900), atHour(5), atHour(3)];
    const { restUrl } = await start(
      planted
        .toReversed()
        .map((at) => lineOf(at, '0.00001'))
        .join('\n'),
    );
    const ask = async (query: string): Promise<unknown[][]> =>
      (await getJson(`${restUrl}/api/v3/klines?interval=1h&${query}`)).body;
    expect(await ask(`symbol=BTCUSDT&startTime=1&endTime=${atHour(899)}`)).toEqual([rowAt(atHour(900), '0.00001')]);
    const pastTheHole = await ask(`symbol=BTCUSDT&startTime=${atHour(899)}&limit=2`);
    expect(pastTheHole.map(([at]) => at)).toEqual([5, 3].map(atHour));
    const rows = await ask(`symbol=BTCUSDT&startTime=${atHour(6)}`);
    expect(rows.map(([at]) => at)).toEqual([5, 3, 2, 1, 0].map(atHour));
    expect(rows.slice(0, 2)).toEqual([rowAt(atHour(5), '0.00001'), rowAt(atHour(3), '0.00001')]);
    expect((await ask(`symbol=ETHUSDT&startTime=${atHour(6)}`)).length).toBe(7);
    const micro = await fetch(`${restUrl}/api/v3/klines?interval=1h&symbol=BTCUSDT&startTime=${atHour(5)}&limit=1`, {
      headers: { 'x-mbx-time-unit': 'MICROSECOND' },
    });
    const [[opens, , , , , , closes] = []] = (await micro.json()) as number[][];
    expect([opens, closes]).toEqual([atHour(5) * 1_000, (atHour(4) - 1) * 1_000 + 999]);
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['no kline', '{"symbol":"BTCUSDT","interval":"1h","kline":[1,2]}'],
    ['an interval that is not served', lineOf(atHour(1), '1').replace('"1h"', '"7h"')],
    ['a number as price', lineOf(atHour(1), '1').replace('"1"', '1')],
  ])('are refused at the start where a line is %s, by its number', async (_what, text) => {
    await expect(start(`${lineOf(atHour(2), '1')}\n\n${text}`)).rejects.toThrow(/^Line 3 of .* is no kline/);
  });
});
