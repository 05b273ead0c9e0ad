import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { keepFreeBytes } from '@tickfolio/lib/clickhouse/chdb';
import type { Clock } from '@tickfolio/lib/clock';
import { freeBytes, freeInWords } from '@tickfolio/lib/embedded-store';
import type { Dependency } from '@tickfolio/lib/http';
import type { Closable } from '@tickfolio/lib/lifecycle';
import type { Logger } from '@tickfolio/lib/telemetry';
import { realPath } from './backup/real-path.js';

/** A folder on whose disk is written. */
export interface WatchedFolder {
  /** For people, after "the disk of". */
  readonly name: string;
  /** Links are followed; it need not be there yet. */
  readonly path: string;
  /** What comes of a full disk, in words. */
  readonly danger: string;
}

/** One disk as it is now. */
export interface Disk {
  /** Equal for folders on the same disk. */
  readonly id: number;
  /** What may still be written on it, in bytes. */
  readonly free: number;
}

export interface DiskWatchDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** @throws Error where it cannot be told */
  readonly diskOf?: (path: string) => Disk;
}

export interface DiskWatch extends Closable {
  /** For /ready. Nothing that is needed to answer: portfolios are read, and prices flow, with a full disk too. */
  readonly dependency: Dependency;
  /** Looks at a folder's disk too, at once and from now on. @returns ends that */
  watch(folder: WatchedFolder): () => void;
}

const periodMs = 10_000;
/** Twice of what the archive leaves free. */
const lowBytes = 2 * keepFreeBytes;
/** Only with this much the disk counts as mended, so that one which stays about the limit is told once. */
const enoughBytes = 2.5 * keepFreeBytes;
export const storesInDanger = `with less than ${freeInWords(keepFreeBytes)} the archive waits, with none the databases stop`;

const realDiskOf = (path: string): Disk => {
  let there = realPath(path);
  while (!existsSync(there)) there = dirname(there);
  return { id: statSync(there).dev, free: freeBytes(there) };
};

/**
 * Says once in the log that a disk on which this run writes is nearly full, and once that it is not any more; in between /ready says it. Folders on one
 * disk are told by the name of the one that was named first.
 */
export const watchDisks = ({ clock, log, diskOf = realDiskOf }: DiskWatchDeps): DiskWatch => {
  const folders = new Set<WatchedFolder>();
  /** In words, of each disk that is nearly full. */
  let faults = new Map<number | WatchedFolder, { readonly folder: WatchedFolder; readonly reason: string }>();
  const look = () => {
    const before = faults;
    faults = new Map();
    const seen = new Set<number>();
    for (const folder of folders) {
      const { disk, unknown } = lookAt(folder);
      const key = disk?.id ?? folder;
      if (disk && seen.has(disk.id)) continue;
      if (disk) seen.add(disk.id);
      const wasLow = before.has(key) || before.has(folder);
      const what = disk ? 'is nearly full' : 'cannot be looked at';
      const why = disk ? `${freeInWords(disk.free)} are free, ${freeInWords(lowBytes)} should be` : unknown;
      if (disk && disk.free >= (wasLow ? enoughBytes : lowBytes)) {
        if (wasLow) log.warn(`the disk of ${folder.name} has room again`);
        continue;
      }
      faults.set(key, { folder, reason: `${what}: ${why}` });
      if (!wasLow) log.warn({ reason: why }, `the disk of ${folder.name} ${what}; ${folder.danger}`);
    }
  };
  const lookAt = ({ path }: WatchedFolder): { readonly disk?: Disk; readonly unknown?: string } => {
    try {
      return { disk: diskOf(path) };
    } catch (err) {
      return { unknown: err instanceof Error ? err.message : String(err) };
    }
  };
  const timer = clock.every(periodMs, look);
  const inWords = () => {
    const [own] = folders;
    return [...faults.values()].map(({ folder, reason }) => `${folder === own ? 'its disk' : `the disk of ${folder.name}`} ${reason}`);
  };
  return {
    dependency: { name: 'data-folder', required: false, check: () => inWords().join('; ') || undefined },
    watch: (folder) => {
      folders.add(folder);
      look();
      return () => {
        folders.delete(folder);
        look();
      };
    },
    close: () => timer.cancel(),
  };
};
