import { readFile, stat } from 'node:fs/promises';
import { z } from '@tickfolio/lib/config';
import { StartError } from '@tickfolio/lib/errors';
import { isKlineInterval } from '@tickfolio/lib/market/kline-interval';
import type { TimeUnit } from '../market/trade.js';

/** Klines of a file, answered as they stand there. @param symbol upper case @returns undefined where it has none */
export type PlantedKlines = (symbol: string, interval: string) => PlantedSeries | undefined;

/** From its first to its last kline there is what the file has and nothing else: what it lacks is missing. */
export interface PlantedSeries {
  readonly firstMs: number;
  readonly lastMs: number;
  /** Rows that open in the range, both ends included, oldest first. */
  between(fromMs: number, untilMs: number): readonly PlantedRow[];
}

export type PlantedRow = readonly [openMs: number, ...rest: readonly (string | number)[]];

export const plantedText = (row: PlantedRow, unit: TimeUnit): string =>
  JSON.stringify(unit === 'ms' ? row : row.with(0, Number(row[0]) * 1_000).with(6, Number(row[6]) * 1_000 + 999));

const maxFileBytes = 256 * 1_048_576;
const time = z.number().int().min(0);
const amount = z.string().regex(/^\d+(\.\d+)?$/);
const lineSchema = z.strictObject({
  symbol: z.string().min(1).max(40),
  interval: z.string().refine(isKlineInterval),
  kline: z.tuple([time, amount, amount, amount, amount, amount, time, amount, time, amount, amount, z.string()]),
});

const readLine = (text: string, where: string) => {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch {
    throw new StartError(
      `${where} is no kline of the form {"symbol":"BTCUSDT","interval":"1m","kline":[opens,"open","high","low","close","volume",closes,"quote volume",trades,"taker volume","taker quote volume","0"]}, with times in epoch milliseconds.`,
    );
  }
};

const seriesOf = (rows: readonly PlantedRow[]): PlantedSeries => ({
  firstMs: rows[0]?.[0] ?? 0,
  lastMs: rows.at(-1)?.[0] ?? 0,
  between: (fromMs, untilMs) => rows.filter(([openMs]) => openMs >= fromMs && openMs <= untilMs),
});

/**
 * @param file JSON lines in any order; of several for one time the last one counts
 * @throws StartError where it cannot be read, with the line
 */
export const loadPlantedKlines = async (file: string): Promise<PlantedKlines> => {
  let text: string;
  try {
    if ((await stat(file)).size > maxFileBytes) throw new Error('it is too large');
    text = await readFile(file, 'utf8');
  } catch (err) {
    throw new StartError(
      `The klines ${file} cannot be read: ${err instanceof Error ? err.message : err}. Name another file with --klines.`,
    );
  }
  const rows = new Map<string, Map<number, PlantedRow>>();
  for (const [at, one] of text.split('\n').entries()) {
    if (one.trim() === '') continue;
    const { symbol, interval, kline } = readLine(one, `Line ${at + 1} of ${file}`);
    const key = `${symbol.toUpperCase()} ${interval}`;
    const own = rows.get(key) ?? new Map<number, PlantedRow>();
    rows.set(key, own.set(kline[0], kline));
  }
  const series = new Map([...rows].map(([key, own]) => [key, seriesOf([...own.values()].sort((a, b) => a[0] - b[0]))]));
  return (symbol, interval) => series.get(`${symbol} ${interval}`);
};
