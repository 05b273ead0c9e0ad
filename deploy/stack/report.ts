import type { Killed } from './kill.js';
import { seconds } from './stack.js';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** The kills as a Markdown table. */
export const killTable = (kills: readonly Killed[]): string =>
  table(
    ['killed (-9)', 'kept working', '`/ready` said', 'fresh prices', 'login', 'all ready', 'archiving'],
    kills.map(({ victim, named, pricesMs, loginMs, readyMs, archiveMs }) => [
      victim.name,
      victim.keeps.map(({ words }) => words).join(', '),
      named.length === 0 ? 'nobody needs it' : named.join(', '),
      ...[pricesMs, loginMs, readyMs, archiveMs].map(seconds),
    ]),
  );

export interface ImageFacts {
  readonly service: string;
  readonly bytes: number;
  readonly stopMs: number;
}

const mebi = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;

/** @param baseBytes of the image that all stand on, which is stored once */
export const imageTable = (images: readonly ImageFacts[], baseBytes: number): string =>
  table(
    ['image', 'size', 'of that its own', 'ends on SIGTERM, exit 0'],
    images.map(({ service, bytes, stopMs }) => [service, mebi(bytes), mebi(bytes - baseBytes), seconds(stopMs)]),
  );
