import { Readable } from 'node:stream';
import { AppError } from '@tickfolio/lib/errors';
import type { ArchiveNames } from '@tickfolio/lib/events/archive';
import type { Archive } from './archive.js';
import { maxExportRows, tickerLines, tickersHead } from './csv.js';
import { type PageStart, readTickerPage } from './ticker-pages.js';

export interface ExportRequest {
  readonly symbol: string;
  /** Tickers of this time and later. */
  readonly fromMs: number;
  /** Tickers of this time and earlier. */
  readonly toMs: number;
}

/** A few readers at a time; each holds one page of rows in memory. */
const maxExports = 4;
const rowsPerPage = 4_000;
/** What is handed on at once, some 40 kB: a slow reader is seen to get on by every piece that it took. */
const rowsPerPiece = 250;

/** Files of tickers, written while they are read. @param count told how many rows a file got */
export const createExports = (archive: Archive, names: ArchiveNames, count: (rows: number) => void) => {
  let running = 0;

  const pageAt = ({ symbol, fromMs, toMs }: ExportRequest, start: PageStart, size: number) =>
    readTickerPage(archive, names, { symbol, start, size, newestMs: toMs, floorMs: fromMs });

  async function* lines(request: ExportRequest, first: Awaited<ReturnType<typeof pageAt>>): AsyncGenerator<string> {
    let page = first;
    let left = maxExportRows;
    for (;;) {
      left -= page.tickers.length;
      count(page.tickers.length);
      for (let at = 0; at < page.tickers.length; at += rowsPerPiece)
        yield tickerLines(page.tickers.slice(at, at + rowsPerPiece));
      const last = page.tickers.at(-1);
      if (!page.hasOlder || left <= 0 || !last) return;
      page = await pageAt(request, { kind: 'older', cursor: last }, Math.min(rowsPerPage, left));
    }
  }
  /** Gives its place back however the reader goes away. */
  async function* counted(request: ExportRequest, first: Awaited<ReturnType<typeof pageAt>>): AsyncGenerator<string> {
    yield tickersHead;
    yield* lines(request, first);
  }
  return {
    /**
     * The newest tickers of a stretch of time, newest first. What fails before the first row is thrown, what fails
     * later ends the stream with an error.
     * @throws AppError resource_exhausted when too many files are being written, and what reading throws
     */
    tickers: async (request: ExportRequest): Promise<Readable> => {
      if (running >= maxExports) {
        throw new AppError(
          'resource_exhausted',
          'Several files are being written already; please try again in a moment.',
          {
            retryAfterMs: 5_000,
          },
        );
      }
      running++;
      let stream: Readable;
      try {
        stream = Readable.from(counted(request, await pageAt(request, { kind: 'newest' }, rowsPerPage)), {
          highWaterMark: 2,
        });
      } catch (err) {
        running--;
        throw err;
      }
      stream.once('close', () => void running--);
      return stream;
    },
  };
};
