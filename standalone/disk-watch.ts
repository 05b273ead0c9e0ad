import { keepFreeBytes } from '@tickfolio/lib/clickhouse/chdb';
import type { Clock } from '@tickfolio/lib/clock';
import { freeInWords } from '@tickfolio/lib/embedded-store';
import type { Dependency } from '@tickfolio/lib/http';
import type { Closable } from '@tickfolio/lib/lifecycle';
import type { Logger } from '@tickfolio/lib/telemetry';

export interface DiskWatchDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** What may still be written on the disk of the data folder, in bytes. */
  readonly freeBytes: () => number;
}

export interface DiskWatch extends Closable {
  /** For /ready. Nothing that is needed to answer: portfolios are read, and prices flow, with a full disk too. */
  readonly dependency: Dependency;
}

const periodMs = 10_000;
/** Twice of what the archive leaves free. */
const lowBytes = 2 * keepFreeBytes;
/** Only with this much the disk counts as mended, so that one which stays about the limit is told once. */
const enoughBytes = 2.5 * keepFreeBytes;
const warning = `the disk of the data folder is nearly full; with less than ${freeInWords(keepFreeBytes)} the archive waits, with none the databases stop`;

/** Says once in the log that the disk of the data folder is nearly full, and once that it is not any more; in between /ready says it. */
export const watchDisk = ({ clock, log, freeBytes }: DiskWatchDeps): DiskWatch => {
  let fault: string | undefined;
  const look = () => {
    const free = freeBytes();
    const wasLow = fault !== undefined;
    const isLow = free < (wasLow ? enoughBytes : lowBytes);
    fault = isLow ? `${freeInWords(free)} are free, ${freeInWords(lowBytes)} should be` : undefined;
    if (isLow && !wasLow) {
      log.warn({ reason: fault }, warning);
    } else if (!isLow && wasLow) log.warn('the disk of the data folder has room again');
  };
  look();
  const timer = clock.every(periodMs, look);
  return {
    dependency: { name: 'data-folder', required: false, check: () => fault && `its disk is nearly full: ${fault}` },
    close: () => timer.cancel(),
  };
};
