import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import { asc, gt, sql } from 'drizzle-orm';
import { assets } from '../postings/tables.js';
import type { KnownAsset } from './known-assets.js';

/** Rows of one statement: nobody else has the embedded database meanwhile. */
export const pieceRows = 250;

/** What is written down of assets. Nothing is ever deleted: who holds one has it for good. */
export interface KeptAssets {
  read(): Promise<ReadonlyMap<string, KnownAsset>>;
  /** @param piece at most `pieceRows`, each once, by name, so that two replicas lock them in one order */
  write(piece: readonly KnownAsset[]): Promise<void>;
}

export const createKeptAssets = (db: Database, time: DatabaseTime): KeptAssets => ({
  read: async () => {
    const { asset, kind, defaultVia, quoteAsset, listed } = assets;
    const kept = new Map<string, KnownAsset>();
    for (let after = ''; ; ) {
      const rows = await db
        .select({ asset, kind, defaultVia, quoteAsset, listed })
        .from(assets)
        .where(gt(asset, after))
        .orderBy(asc(asset))
        .limit(pieceRows);
      for (const row of rows) kept.set(row.asset, row);
      if (rows.length < pieceRows) return kept;
      after = rows.at(-1)?.asset ?? after;
    }
  },
  write: async (piece) => {
    if (piece.length === 0) return;
    const rows = piece.map(({ asset, kind, defaultVia, quoteAsset, listed }) => ({
      ...{ asset, kind, listed },
      ...{ default_via: defaultVia, quote_asset: quoteAsset },
    }));
    // One value instead of thousands: those cost this process more time than the database.
    await db.execute(sql`insert into ${assets} (asset, kind, default_via, quote_asset, listed, updated_at)
      select asset, kind, default_via, quote_asset, listed, ${time()} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as told (asset text, kind text, default_via text, quote_asset text, listed boolean)
      on conflict (asset) do update set kind = excluded.kind, default_via = excluded.default_via,
        quote_asset = excluded.quote_asset, listed = excluded.listed, updated_at = excluded.updated_at`);
  },
});
