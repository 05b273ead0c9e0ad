import { join } from 'node:path';
import { migrationsFolder } from '@tickfolio/bff/app';
import { openChdbClickHouse } from '@tickfolio/lib/clickhouse/chdb';
import { systemClock } from '@tickfolio/lib/clock';
import { createRandom } from '@tickfolio/lib/kit/random';
import { openPgliteEngine } from '@tickfolio/lib/postgres/pglite';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';

const minuteMs = 60_000;
const dayMinutes = 1_440;

/** A day of wandering that ends at `last`, oldest first. */
const wander = (last: number, count: number, size: number, random: () => number): number[] => {
  const backwards = [last];
  for (let at = 1; at < count; at++) backwards.push((backwards.at(-1) ?? last) * (1 + (random() - 0.494) * size));
  return backwards.reverse();
};

/**
 * Writes the day before into the stores of a run that has ended: values of a portfolio, and prices of its coins.
 * @param folder of the run's data
 */
export const writeDayBefore = async (
  folder: string,
  name: string,
  total: number,
  prices: ReadonlyMap<string, number>,
): Promise<void> => {
  const random = createRandom('pictures');
  const [clock, log] = [systemClock, silentLogger()];
  const now = Math.floor(clock.now() / minuteMs) * minuteMs;
  const engine = await openPgliteEngine({ folder: join(folder, 'databases'), log, clock });
  const postgres = await engine.database({ schema: 'profile_db', migrationsFolder });
  const values = wander(total, dayMinutes, 0.0024, random);
  for (const [at, value] of values.entries()) {
    const minute = new Date(now - (dayMinutes - 1 - at) * minuteMs).toISOString();
    await postgres.db.execute(
      sql`insert into portfolio_values (user_id, minute, value, simulated) select id, ${minute}::timestamptz, ${value.toFixed(8)}::numeric, true from profiles where name = ${name} on conflict do nothing`,
    );
  }
  const today = new Date(now).toISOString().slice(0, 10);
  for (const [symbol, price] of prices) {
    const open = (price * (1 - 0.004 + random() * 0.02 - 0.008)).toFixed(4);
    await postgres.db.execute(
      sql`insert into day_opens (day, symbol, price, simulated, recorded_at) values (${today}::date, ${symbol}, ${open}::numeric, true, ${today}::timestamptz) on conflict (day, simulated, symbol) do update set price = excluded.price, recorded_at = excluded.recorded_at`,
    );
  }
  await engine.close();

  const clickhouse = await openChdbClickHouse({ path: join(folder, 'clickhouse-simulated'), clock, log });
  const perMinute = 12;
  for (const [symbol, price] of prices) {
    const closes = wander(price, 360 * perMinute, 0.0007, random);
    const rows = closes.map((close, at) => {
      const time = new Date(now - (closes.length - at) * (minuteMs / perMinute))
        .toISOString()
        .replace('T', ' ')
        .replace('Z', '');
      return [
        `picture-${symbol}-${at}`,
        '24hrMiniTicker',
        time,
        time,
        symbol.toUpperCase(),
        close.toFixed(price < 10 ? 4 : 2),
      ];
    });
    const columns = ['message_id', 'event_type', 'event_time', 'receive_time', 'symbol', 'close_price'];
    await clickhouse.insert('crypto.market_tickers_rows', columns, rows);
  }
  await clickhouse.close();
};
