import { byZone, eventMoment, receiveMoment, toldColumns } from './moments.js';
import { carry } from './piece.js';
import { namesOf, type TakeoverDeps } from './zoneless.js';

const tickerType =
  'Tuple(message_id String, event_type String, event_time DateTime64(3), receive_time DateTime64(3), close_price Decimal64(8), ' +
  'open_price Decimal64(8), high_price Decimal64(8), low_price Decimal64(8), change_price Decimal64(8), change_percent Decimal64(8))';
const tickerFields = [...tickerType.matchAll(/(\w+) (?:String|Date|Decimal)/g)].map(([, name = '']) => name);
const moments: Readonly<Record<string, string>> = { event_time: 'event_moment', receive_time: 'receive_moment' };

/** The newest tickers, of symbols too whose rows are gone by age. */
export const carryNewest = (deps: TakeoverDeps, zone: string): Promise<void> => {
  const { own, zoneless, full } = namesOf(deps, 'newest');
  return carry(deps, {
    sql: `INSERT INTO ${full(own)} (symbol, ticker)
      SELECT symbol, argMaxState(
        CAST((${tickerFields.map((name) => moments[name] ?? name).join(', ')}), '${tickerType}'),
        CAST((event_moment, message_id), 'Tuple(DateTime64(3), String)'))
      FROM (SELECT *, ${toldColumns}, ${eventMoment} AS event_moment, ${receiveMoment} AS receive_moment
        FROM (SELECT symbol, ${tickerFields.map((name) => `tupleElement(newest, '${name}') AS ${name}`).join(', ')}
          FROM (SELECT symbol, argMaxMerge(ticker) AS newest FROM ${full(zoneless)} GROUP BY symbol)))
      GROUP BY symbol`,
    params: { zone },
  });
};

const offsetsPerPiece = 1_000_000;

/** What became of every offset, by the zone. The rows that follow replace theirs with what their ids tell. */
export const carryOffsets = async (deps: TakeoverDeps, zone: string): Promise<void> => {
  const { own, zoneless, full } = namesOf(deps, 'offsets');
  const source = full(zoneless);
  const places = await deps.clickhouse.query<{ topic: string; partition: number }>(
    `SELECT DISTINCT topic, kafka_partition AS partition FROM ${source} ORDER BY topic, partition`,
  );
  const place = 'topic = {topic:String} AND kafka_partition = {partition:UInt16} AND kafka_offset >= {from:UInt64}';
  for (const { topic, partition } of places) {
    for (let from = 0n; ; ) {
      const [last] = await deps.clickhouse.query<{ n: string; offset: string }>(
        `SELECT count() AS n, max(kafka_offset) AS offset FROM (SELECT kafka_offset FROM ${source} WHERE ${place} ORDER BY topic, kafka_partition, kafka_offset LIMIT ${offsetsPerPiece})`,
        { topic, partition, from },
      );
      if (last === undefined || last.n === '0') break;
      await carry(deps, {
        sql: `INSERT INTO ${full(own)} (topic, kafka_partition, kafka_offset, symbol, event_time, dead_letter, noted_at)
          SELECT topic, kafka_partition, kafka_offset, symbol, ${byZone('event_time')}, dead_letter, noted_at FROM ${source} FINAL
          WHERE ${place} AND kafka_offset <= {to:UInt64}`,
        params: { zone, topic, partition, from, to: last.offset },
      });
      from = BigInt(last.offset) + 1n;
    }
  }
};

/** The results of the audit, by the zone, each once however often it is carried. */
export const carryAudits = async (deps: TakeoverDeps, zone: string): Promise<void> => {
  const { own, zoneless, full } = namesOf(deps, 'audits');
  const rest =
    'topic, kafka_partition, messages, archived, repeated, dead_letters, missing, duplicate, lag, checked_from, checked_to';
  await carry(deps, {
    sql: `INSERT INTO ${full(own)} (audited_at, ${rest})
      SELECT moment, ${rest} FROM (SELECT *, ${byZone('audited_at')} AS moment FROM ${full(zoneless)})
      WHERE (moment, topic, kafka_partition) NOT IN (SELECT audited_at, topic, kafka_partition FROM ${full(own)})`,
    params: { zone },
  });
  // Another starter may have done the same in the same moment.
  await carry(deps, { sql: `OPTIMIZE TABLE ${full(own)} FINAL DEDUPLICATE` });
};
