import { fileURLToPath } from 'node:url';
import { type ClickHouse, runClickHouseMigrations, type Value } from '@tickfolio/lib/clickhouse';
import { type Clock, type ManualClock, systemClock } from '@tickfolio/lib/clock';
import {
  archiveMigrations,
  archiveNames,
  archivePart,
  auditColumns,
  offsetColumns,
  rowColumns,
  usualArchive,
} from '@tickfolio/lib/events/archive';
import { miniTickers } from '@tickfolio/lib/events/mini-ticker';
import type { RunningService } from '@tickfolio/lib/service';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { type DashboardOptions, startDashboard } from '../app.js';
import { type Assets, loadAssets } from '../files/assets.js';

export const { database, table } = usualArchive;
const names = archiveNames(database, table);

/** A row of the archive; what is left out is made up. */
export interface TestRow {
  readonly symbol: string;
  readonly eventMs: number;
  /** Default 40 ms later. */
  readonly receiveMs?: number;
  readonly close: string;
  readonly messageId?: string;
  readonly open?: string;
  readonly high?: string;
  readonly low?: string;
  readonly change?: string;
  readonly percent?: string;
  readonly volume?: string;
  readonly quoteVolume?: string;
  /** Default that of a real ticker. */
  readonly eventType?: string;
}

export const timeOf = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, -1);
export const messageIdOf = ({ messageId, symbol, eventMs }: TestRow): string => messageId ?? `${symbol}-${eventMs}`;

/** Also of an archive that an older archiver made. */
const columnsOfAudit = auditColumns.filter((name) => name !== 'interval_ms');

const rowsPerInsert = 50_000;
const drainMs = 1_000;

/** The archive's tables, as the archiver's own migrations make them, and rows in them. */
export const createTestArchive = async (clickhouse: ClickHouse) => {
  const log = silentLogger();
  let offset = 0;
  const migrate = () =>
    runClickHouseMigrations(
      { clickhouse, log },
      {
        folder: fileURLToPath(
          new URL(
            import.meta.url.includes('/dist/') ? '../../../archiver/migrations' : '../../archiver/migrations',
            import.meta.url,
          ),
        ),
        ...archiveMigrations(database, table),
      },
    );
  await migrate();
  return {
    /** Removes everything. */
    clear: async () => {
      for (const part of ['rows', 'offsets', '1m', '1h', 'newest', 'audits'] as const)
        await clickhouse.command(`TRUNCATE TABLE ${database}.${archivePart(table, part)}`);
    },
    drop: () => clickhouse.command(`DROP DATABASE ${database}`),
    migrate,
    add: async (rows: readonly TestRow[]) => {
      for (let at = 0; at < rows.length; at += rowsPerInsert) {
        await clickhouse.insert(
          names.rows,
          rowColumns,
          rows.slice(at, at + rowsPerInsert).map((row): Value[] => {
            const {
              symbol,
              eventMs,
              close,
              open = close,
              high = close,
              low = close,
              change = '0',
              percent = '0',
            } = row;
            const prices = [close, open, high, low, change, percent];
            return [
              messageIdOf(row),
              row.eventType ?? '24hrMiniTicker',
              timeOf(eventMs),
              timeOf(row.receiveMs ?? eventMs + 40),
              symbol,
              ...prices,
              row.volume ?? null,
              row.quoteVolume ?? null,
              miniTickers.name,
              0,
              offset++,
            ];
          }),
        );
      }
    },
    audit: (
      atMs: number,
      partition: number,
      found: { readonly missing?: number; readonly duplicate?: number; readonly lag?: number },
    ) =>
      clickhouse.insert(names.audits, columnsOfAudit, [
        [
          timeOf(atMs),
          miniTickers.name,
          partition,
          100,
          100,
          0,
          0,
          found.missing ?? 0,
          found.duplicate ?? 0,
          found.lag ?? 0,
          0,
          1_234_567 + partition,
        ],
      ]),
    deadLetter: (partition: number, at: number) =>
      clickhouse.insert(names.offsets, offsetColumns, [
        [miniTickers.name, partition, at, '', '1970-01-01 00:00:00.000', true],
      ]),
  };
};

export type TestArchive = Awaited<ReturnType<typeof createTestArchive>>;

export interface TestDashboard extends RunningService {
  readonly url: string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** The page's HTML. */
  page(path: string): Promise<string>;
}

/** Read once: to compress them takes longer than most tests. */
let assets: Promise<Assets> | undefined;

export const startTestDashboard = async (
  clickhouse: ClickHouse,
  {
    clock = systemClock,
    ...options
  }: Pick<DashboardOptions, 'simulated' | 'tickerLog'> & { readonly clock?: Clock | ManualClock } = {},
): Promise<TestDashboard> => {
  assets ??= loadAssets();
  const deps = {
    clickhouse,
    clock,
    log: silentLogger(),
    metrics: createMetrics('dashboard'),
    assets: await assets,
  };
  const dashboard = await startDashboard(deps, {
    address: { host: '127.0.0.1', port: 0 },
    database,
    table,
    ...options,
    drainMs,
  });
  const url = `http://127.0.0.1:${dashboard.port}`;
  const get: TestDashboard['get'] = (path, headers = {}) =>
    fetch(url + path, { headers: { accept: 'text/html', ...headers }, redirect: 'manual' });
  const close = () => {
    const closed = dashboard.close();
    // A client may hold a connection on which it never asked anything; the drain's end cuts it, and a clock that stands
    // still has to be told.
    if ('advance' in clock) clock.advance(drainMs);
    return closed;
  };
  return { ...dashboard, close, url, get, page: async (path) => (await get(path)).text() };
};

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

const plain = (text: string): string =>
  unescaped(text.replace(/<[^>]*>/g, ''))
    .replace(/\s+/g, ' ')
    .trim();

/** The cells' texts of every keyed row of a page's tables. */
export const rowsOf = (page: string): string[][] =>
  [...page.matchAll(/<tr data-key="[^"]*">(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => plain(cell)),
  );

/** The texts of a definition list's entries by their terms. */
export const factsOf = (page: string): Record<string, string> =>
  Object.fromEntries(
    [...page.matchAll(/<dt>(.*?)<\/dt>\s*<dd[^>]*>(.*?)<\/dd>/gs)].map(([, term = '', text = '']) => [
      plain(term),
      plain(text),
    ]),
  );

/** A page's text without its tags. */
export const textOf = (page: string): string => plain(page.replace(/<script.*?<\/script>/gs, ''));

/** The address of the link with this text. */
export const linkOf = (page: string, text: string): string | undefined => {
  const links = [...page.matchAll(/<a [^>]*?href="([^"]*)"[^>]*>(.*?)<\/a>/gs)];
  const address = links.find(([, , words = '']) => plain(words) === text)?.[1];
  return address === undefined ? undefined : unescaped(address);
};
