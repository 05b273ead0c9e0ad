import { seconds } from '../stack/stack.js';
import { type Killed, wholeMs } from './kill.js';
import { type Promised, promises } from './promises.js';
import type { Victim } from './victims.js';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** What was promised to go on was held to, so only the rest has a time to come back in. */
const timeOf = ({ keeps }: Victim, promised: Promised, ms: number): string =>
  keeps.includes(promised) ? 'never away' : seconds(ms);

/** The kills as a Markdown table. */
export const killTable = (kills: readonly Killed[]): string =>
  table(
    [
      'killed (-9)',
      'what was held to while it was away',
      '`/ready` said',
      'prices',
      'login',
      'archiving',
      'every `/ready`',
      'whole after a crash',
    ],
    kills.map(({ victim, named, afterOutage, afterCrash }) => [
      victim.name,
      victim.keeps.map(({ words }) => words).join(', '),
      named.length === 0 ? 'nobody needs it' : named.join(', '),
      timeOf(victim, promises.prices, afterOutage.pricesMs),
      timeOf(victim, promises.login, afterOutage.loginMs),
      timeOf(victim, promises.archive, afterOutage.archiveMs),
      seconds(afterOutage.readyMs),
      seconds(wholeMs(afterCrash)),
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
