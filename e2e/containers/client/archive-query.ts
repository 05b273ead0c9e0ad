import { call } from './person.js';

/** ClickHouse's HTTP port, as an analyst uses it. */
export interface ArchiveQuery {
  /** The answer's text in TabSeparated. @throws Error with ClickHouse's words */
  text(sql: string): Promise<string>;
  /** How many tickers the archive shows, of `since` (epoch milliseconds) and later. */
  count(sinceMs?: number): Promise<number>;
}

/** @param base `http://host:port` */
export const createArchiveQuery = (base: string, user: string, password: string): ArchiveQuery => {
  const text = async (sql: string): Promise<string> => {
    const answer = await call(`${base}/?query=${encodeURIComponent(sql)}`, {
      headers: { 'x-clickhouse-user': user, 'x-clickhouse-key': password },
    });
    if (answer.status !== 200) throw new Error(`ClickHouse answered ${answer.status}: ${answer.text.slice(0, 300)}`);
    return answer.text.trim();
  };
  return {
    text,
    count: async (sinceMs = 0) =>
      Number(
        await text(
          `SELECT count() FROM crypto.market_tickers WHERE event_time >= fromUnixTimestamp64Milli(toInt64(${Math.floor(sinceMs)}))`,
        ),
      ),
  };
};
