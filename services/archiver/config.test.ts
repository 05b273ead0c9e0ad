import { ConfigError, readConfig } from '@tickfolio/lib/config';
import { describe, expect, it } from 'vitest';
import { help } from './audit/help.js';
import { archiverConfig, auditConfig } from './config.js';

const read = (env: NodeJS.ProcessEnv) =>
  readConfig('archiver', archiverConfig({}), {
    ENV: 'local',
    KAFKA_BROKERS: 'kafka:9092',
    CLICKHOUSE_ADDR: 'clickhouse:8123',
    ...env,
  });
const faultsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    read(env);
  } catch (err) {
    if (err instanceof ConfigError) return err.faults;
    throw err;
  }
  return [];
};

describe("the archiver's settings", () => {
  it('refuse to keep rows for so long that ClickHouse would let go of all of them at once', () => {
    expect(
      [read({ RETENTION: '90d' }), read({ RETENTION: '10000d' }), read({})].map(({ RETENTION }) => RETENTION),
    ).toEqual([90, 10_000, undefined]);
    for (const days of ['36500d', '10001d', '0d', '90', '-1d'])
      expect(faultsOf({ RETENTION: days })).toEqual([
        `RETENTION must be whole days from 1d to 10000d, or off, not "${days}"`,
      ]);
  });

  it('refuse what Kafka takes for no topic', () => {
    expect(read({ KAFKA_TOPIC: '..a' }).KAFKA_TOPIC).toBe('..a');
    for (const topic of ['.', '..', 'a topic', 'x'.repeat(241)])
      expect(faultsOf({ KAFKA_TOPIC: topic })).toEqual([expect.stringMatching(/^KAFKA_TOPIC must be a topic name/)]);
  });

  it('name the time zone of older versions as everybody else names it', () => {
    expect(read({ ARCHIVE_WRITTEN_IN: 'Asia/Kolkata' }).ARCHIVE_WRITTEN_IN).toBe('Asia/Kolkata');
    expect(read({}).ARCHIVE_WRITTEN_IN).toBeUndefined();
    for (const zone of ['Europe/Atlantis', '5'])
      expect(faultsOf({ ARCHIVE_WRITTEN_IN: zone })).toEqual([
        'ARCHIVE_WRITTEN_IN must be a time zone such as Europe/Berlin or UTC',
      ]);
  });
});

it('of the audit are all named where it explains itself', () => {
  const unnamed = Object.keys(auditConfig().shape).filter((name) => !help.includes(name));
  expect(unnamed).toEqual([]);
});
