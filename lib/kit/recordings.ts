import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

// Frames of the exchange that tests play. The file below recordings/ is made up, in the shape and with the habits of
// real frames: bursts within a millisecond, gaps of seconds, ids without holes, a line that stood still. RECORDINGS
// names a folder with recorded ones, which are played too.

/** Files of lines `{"recv":<seconds>,"frame":{"stream","data"}}`, plain or `.gz`. */
const isRecording = (name: string): boolean => /\.frames\.jsonl(\.gz)?$/.test(name);

const made = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../kit/recordings/' : './recordings/', import.meta.url),
);
const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
const folders = [made, ...(process.env.RECORDINGS ? [process.env.RECORDINGS] : [])];

/** Recordings by the names of their files. @throws Error when RECORDINGS names no folder */
export const recordings: ReadonlyMap<string, string> = new Map(
  folders
    .flatMap(filesIn)
    .filter(isRecording)
    .map((file) => [basename(file), file]),
);

const textOf = (file: string): string =>
  (file.endsWith('.gz') ? gunzipSync(readFileSync(file)) : readFileSync(file)).toString();
const linesOf = (file: string): string[] => textOf(file).split('\n').filter(Boolean);

export interface RecordedFrame {
  /** When it arrived, epoch milliseconds. */
  readonly receivedMs: number;
  readonly stream: string;
  readonly data: Readonly<Record<string, string | number | boolean>>;
}

/** All frames of a recording, in the order in which they arrived. */
export const recordedFrames = (file: string): RecordedFrame[] =>
  linesOf(file).map((line) => {
    const { recv, frame } = JSON.parse(line) as { recv: number; frame: Pick<RecordedFrame, 'stream' | 'data'> };
    return { receivedMs: recv * 1_000, ...frame };
  });

export interface RecordedTicker {
  readonly E: number;
  /** Symbol, close, open, high, low, volume in the base and in the quote asset. */
  readonly s: string;
  readonly c: string;
  readonly o: string;
  readonly h: string;
  readonly l: string;
  readonly v: string;
  readonly q: string;
}

/**
 * Every mini-ticker of all recordings, and of other JSON lines that RECORDINGS holds, once, whatever it is wrapped in.
 */
export const recordedTickers = (): RecordedTicker[] => {
  const lines = folders
    .flatMap(filesIn)
    .filter((file) => /\.jsonl(\.gz)?$/.test(file))
    .flatMap(linesOf);
  const frames = lines
    .filter((line) => line.includes('"24hrMiniTicker"'))
    .map((line) => (JSON.parse(line) as { frame: object }).frame)
    .flatMap((frame): unknown => ('data' in frame ? frame.data : frame))
    .flat();
  const tickers = frames.filter((one) => (one as { e?: string }).e === '24hrMiniTicker') as RecordedTicker[];
  return [...new Map(tickers.map((one) => [`${one.s}-${one.E}`, one])).values()];
};
