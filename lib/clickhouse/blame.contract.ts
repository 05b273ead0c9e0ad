import { expect, it } from 'vitest';
import type { ClickHouse } from './clickhouse.js';

/** What every adapter says of statements that cannot be done, or that nobody waits for any more. */
export const itBlamesTheRightOne = (get: () => ClickHouse): void => {
  it('does not blame a row for what a view over the table cannot hold', async () => {
    await get().command(
      'CREATE TABLE vault.prices (symbol String, price Decimal64(8)) ENGINE = MergeTree ORDER BY symbol',
    );
    await get().command('CREATE TABLE vault.small (price Decimal32(6)) ENGINE = MergeTree ORDER BY price');
    await get().command(
      'CREATE MATERIALIZED VIEW vault.small_feed TO vault.small AS SELECT toDecimal32(price * 1000, 6) AS price FROM vault.prices',
    );
    const insert = (price: string) => get().insert('vault.prices', ['symbol', 'price'], [['a', price]]);
    await insert('0.5');
    await expect(insert('68123.45')).rejects.toMatchObject({ code: 'failed_precondition' });
    await expect(insert('much')).rejects.toMatchObject({ code: 'invalid_argument' });
    for (const table of ['small_feed', 'small', 'prices']) await get().command(`DROP TABLE vault.${table}`);
  });

  it('gives a statement up at once when nobody waits for it any more', async () => {
    const leaving = new AbortController();
    // It would go on for an hour.
    const asked = get().query(
      'SELECT sleepEachRow(0.5) FROM numbers(7200)',
      {},
      { signal: leaving.signal, settings: { max_block_size: 1 } },
    );
    setTimeout(() => leaving.abort(), 50);
    await expect(asked).rejects.toMatchObject({ code: 'canceled' });
    await expect(get().query('SELECT 1', {}, { signal: leaving.signal })).rejects.toMatchObject({ code: 'canceled' });
    expect(await get().query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
};
