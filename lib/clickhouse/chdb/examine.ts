import type { Clock } from '../../clock/clock.js';
import { DamagedStoreError, type TableContents } from '../../embedded-store/embedded-store.js';
import type { Logger } from '../../telemetry/telemetry.js';
import { openChdbClickHouse } from './chdb.js';

/** All parts of a table are read for it. */
const checkTimeoutMs = 3_600_000;

/**
 * Opens an archive that nobody uses, proves the checksums of all its parts, and closes it.
 * @throws DamagedStoreError, NoRoomError, NoEngineError, and StartError when another process has the folder
 */
export const examineChdb = async (
  path: string,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<TableContents[]> => {
  const clickhouse = await openChdbClickHouse({ path, clock, log });
  try {
    const [unread] = clickhouse.engine.setAside;
    if (unread !== undefined) throw new DamagedStoreError(path, `it cannot read ${unread}`);
    const tables = await clickhouse.query<{ name: string; rows: string }>(
      "SELECT concat(database, '.', name) AS name, total_rows AS rows FROM system.tables WHERE engine LIKE '%MergeTree' AND database != 'system' ORDER BY name",
    );
    for (const { name } of tables) {
      const parts = await clickhouse.query<{ part_path: string; is_passed: number | boolean; message: string }>(
        `CHECK TABLE ${name}`,
        {},
        { timeoutMs: checkTimeoutMs, settings: { check_query_single_value_result: 0 } },
      );
      const broken = parts.find(({ is_passed }) => Number(is_passed) === 0);
      if (broken) throw new DamagedStoreError(path, `part ${broken.part_path} of ${name}: ${broken.message}`);
    }
    return tables.map(({ name, rows }) => ({ name, rows: Number(rows) }));
  } finally {
    await clickhouse.close();
  }
};
