import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { keepFreeBytes } from '@tickfolio/lib/clickhouse/chdb';
import type { Clock } from '@tickfolio/lib/clock';
import { freeBytes, freeInWords } from '@tickfolio/lib/embedded-store';
import type { Dependency } from '@tickfolio/lib/http';
import type { Closable } from '@tickfolio/lib/lifecycle';
import type { Logger } from '@tickfolio/lib/telemetry';
import { realPath } from '../backup/real-path.js';
import type { WatchedFolder, WatchFolder } from '../backup/watched-folder.js';

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
  readonly watch: WatchFolder;
}

const periodMs = 10_000;
/** Twice of what the archive leaves free. */
const lowBytes = 2 * keepFreeBytes;
/** Only with this much the disk counts as mended, so that one which stays about the limit is told once. */
const enoughBytes = 2.5 * keepFreeBytes;
/** PostgreSQL writes into files that it made before (its log in pieces of 16 MB) for as long as these have room. */
export const storesInDanger = `with less than ${freeInWords(keepFreeBytes)} the archive waits; with none changes are kept as long as the databases' files have room, and fail then`;

/** Of a disk, in words; by the folder on it that was named first. */
interface Fault {
  readonly folder: WatchedFolder;
  readonly why: string;
}

const realDiskOf = (path: string): Disk => {
  let there = realPath(path);
  while (!existsSync(there)) there = dirname(there);
  return { id: statSync(there).dev, free: freeBytes(there) };
};

/**
 * Says once in the log that a disk on which this run writes is nearly full, and once that it is not any more; in
 * between /ready says it. Folders on one disk are told by the name of the one that was named first.
 */
export const watchDisks = ({ clock, log, diskOf = realDiskOf }: DiskWatchDeps): DiskWatch => {
  const folders = new Set<WatchedFolder>();
  /** The disk that a folder was on when it was looked at last. */
  const idOf = new Map<WatchedFolder, number>();
  /** Disks that are nearly full, also while they cannot be looked at. */
  let low: ReadonlyMap<number, Fault> = new Map();
  /** Folders whose disk cannot be looked at, and why. */
  let unknown: ReadonlyMap<WatchedFolder, string> = new Map();
  const look = () => {
    const [lowBefore, unknownBefore] = [low, unknown];
    const next = { low: new Map<number, Fault>(), unknown: new Map<WatchedFolder, string>() };
    const seen = new Set<number>();
    for (const folder of folders) {
      const found = lookAt(folder);
      const idBefore = idOf.get(folder);
      const faultBefore = idBefore === undefined ? undefined : lowBefore.get(idBefore);
      if ('why' in found) {
        next.unknown.set(folder, found.why);
        if (idBefore !== undefined && faultBefore && !seen.has(idBefore)) next.low.set(idBefore, faultBefore);
        if (!unknownBefore.has(folder))
          log.warn({ reason: found.why }, `the disk of ${folder.name} cannot be looked at; ${folder.danger}`);
        continue;
      }
      const { id, free } = found.disk;
      idOf.set(folder, id);
      if (unknownBefore.has(folder)) log.warn(`the disk of ${folder.name} can be looked at again`);
      if (seen.has(id)) continue;
      seen.add(id);
      next.low.delete(id);
      const wasLow = lowBefore.has(id) || faultBefore !== undefined;
      if (free >= (wasLow ? enoughBytes : lowBytes)) {
        if (wasLow) log.warn(`the disk of ${folder.name} has room again`);
        continue;
      }
      const why = `${freeInWords(free)} are free, ${freeInWords(lowBytes)} should be`;
      next.low.set(id, { folder, why });
      if (!wasLow) log.warn({ reason: why }, `the disk of ${folder.name} is nearly full; ${folder.danger}`);
    }
    ({ low, unknown } = next);
  };
  const lookAt = ({ path }: WatchedFolder): { readonly disk: Disk } | { readonly why: string } => {
    try {
      return { disk: diskOf(path) };
    } catch (err) {
      return { why: err instanceof Error ? err.message : String(err) };
    }
  };
  const timer = clock.every(periodMs, look);
  const inWords = () => {
    const [own] = folders;
    const fullOf = new Map([...low.values()].map(({ folder, why }) => [folder, why]));
    return [...folders].flatMap((folder) => {
      const disk = folder === own ? 'its disk' : `the disk of ${folder.name}`;
      if (unknown.has(folder)) return [`${disk} cannot be looked at: ${unknown.get(folder)}`];
      return fullOf.has(folder) ? [`${disk} is nearly full: ${fullOf.get(folder)}`] : [];
    });
  };
  return {
    dependency: { name: 'data-folder', required: false, check: () => inWords().join('; ') || undefined },
    watch: (folder) => {
      folders.add(folder);
      look();
      return () => {
        folders.delete(folder);
        idOf.delete(folder);
        look();
      };
    },
    close: () => timer.cancel(),
  };
};
