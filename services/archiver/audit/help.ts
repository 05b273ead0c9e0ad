/** What `npm run audit -- --help` prints. */
export const help = `Compares every message that Kafka holds with the rows in ClickHouse, partition by partition.

  npm run audit                    after at most 15 s in which the archiver may catch up
  npm run audit -- --wait 60       seconds to wait for it; 0 looks at once

Columns: messages that Kafka holds; archived, of which repeated ones share their row with another message; dead ones went to the
dead-letter topic; waiting ones are not committed by the archiver yet; missing ones are none of these; duplicate rows count twice.
Messages of more than 29 days ago are left out: what became of them is not known for longer.
Exit code: 0 when nothing is missing or duplicate, 1 when something is, 2 when it could not be found out.
Settings: KAFKA_BROKERS, KAFKA_TOPIC, KAFKA_GROUP_ID, RETENTION (as the archiver has it; rows past it are not missed), CLICKHOUSE_ADDR,
CLICKHOUSE_USER, CLICKHOUSE_PASSWORD, CLICKHOUSE_DATABASE, CLICKHOUSE_TABLE, LOG_LEVEL.
`;
