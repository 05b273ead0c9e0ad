import type { ListSymbolsResponse } from '@tickfolio/gen/market/v1';
import type { Clock } from '@tickfolio/lib/clock';
import type { Lease } from '@tickfolio/lib/outbox';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { type AssetChanges, changesOf, isLikely } from './asset-changes.js';
import { createKeptAssets, pieceRows } from './kept-assets.js';
import { assetsOf } from './known-assets.js';

/**
 * What became of a list: it is written, or another replica writes one just now, or it is not believed, in words; then
 * of what is listed nothing was taken away.
 */
export type Taken = 'written' | 'elsewhere' | { readonly doubt: string };

/** Writes down what lists of symbols say of assets. */
export interface AssetLists {
  /** In pieces, by one replica at a time. @throws AppError */
  take(list: Pick<ListSymbolsResponse, 'symbols' | 'simulated'>, signal: AbortSignal): Promise<Taken>;
}

export interface AssetListsDeps {
  readonly db: Database;
  readonly time: DatabaseTime;
  /** Of this work, for this replica. */
  readonly lease: Lease;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Logger;
}

/** A list that lacks so many for this long is right, however unlikely it is. */
const believedAfterMs = 24 * 3_600_000;

export const createAssetLists = ({ db, time, lease, clock, log }: AssetListsDeps): AssetLists => {
  const kept = createKeptAssets(db, time);
  let doubtedSinceMs: number | undefined;

  const isBelieved = (changes: AssetChanges): boolean => {
    if (isLikely(changes)) {
      doubtedSinceMs = undefined;
      return true;
    }
    doubtedSinceMs ??= clock.monotonic();
    return clock.monotonic() - doubtedSinceMs >= believedAfterMs;
  };
  const write = async (rows: AssetChanges['changed'], signal: AbortSignal): Promise<boolean> => {
    for (let at = 0; at < rows.length; at += pieceRows) {
      if (signal.aborted || !(await lease.take())) return false;
      await kept.write(rows.slice(at, at + pieceRows));
    }
    return true;
  };
  return {
    take: async ({ symbols, simulated }, signal) => {
      const told = assetsOf(symbols);
      // Else everything that is known would be listed no more.
      if (told.size === 0) return { doubt: 'the list of symbols has nothing in it that can be read' };
      if (!(await lease.take())) return 'elsewhere';
      try {
        const changes = changesOf(await kept.read(), told, simulated);
        const { changed, gone, listed } = changes;
        const believed = isBelieved(changes);
        const rows = believed ? changed : changed.filter((one) => one.listed);
        if (!(await write(rows, signal))) return 'elsewhere';
        if (rows.length > 0) log.info({ changed: rows.length, gone: believed ? gone : 0 }, 'assets are written down');
        return believed
          ? 'written'
          : { doubt: `the list of symbols lacks ${gone} of ${listed} assets, so they are taken for listed still` };
      } finally {
        await lease.release();
      }
    },
  };
};
