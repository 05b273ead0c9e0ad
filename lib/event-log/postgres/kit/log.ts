import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../clock/clock.js';
import type { Postgres } from '../../../postgres/postgres.js';
import { createLogger, createMetrics } from '../../../telemetry/telemetry.js';
import type { EventLog, StoredMessage } from '../../event-log.js';
import { createPostgresEventLog, type PostgresEventLogOptions } from '../postgres.js';

/** An event log in a test's database, with a topic of its own. */
export interface OpenedPostgresLog {
  readonly eventLog: EventLog;
  readonly topic: string;
  /** The sentences it logged, at info and above. */
  readonly lines: readonly string[];
  /** Messages that were lost. */
  dropped(): Promise<number>;
  /** Appends numbers, as texts, each a key of its own. */
  append(from: number, to: number): Promise<void>;
  /** Reads in a group; what it was handed, as numbers in the order of coming. */
  read(group: string, more?: Partial<Parameters<EventLog['consume']>[1]>): Promise<Reading>;
  /** Over all partitions. */
  kept(): Promise<number>;
}

interface Reading {
  readonly values: readonly number[];
  close(): Promise<void>;
}

const numberOf = ({ value }: Pick<StoredMessage, 'value'>): number => Number(value.toString());

export const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

export const openPostgresLog = (
  database: Pick<Postgres, 'db'> | Promise<Pick<Postgres, 'db'>>,
  options: Partial<PostgresEventLogOptions> & { readonly topic?: string } = {},
): OpenedPostgresLog => {
  const topic = options.topic ?? `prices-${randomUUID()}`;
  const metrics = createMetrics('test');
  const lines: string[] = [];
  const eventLog = createPostgresEventLog({
    database: Promise.resolve(database),
    clock: systemClock,
    log: createLogger('test', 'info', (line) => void lines.push((JSON.parse(line) as { msg: string }).msg)),
    metrics,
    ...options,
  });
  return {
    eventLog,
    topic,
    lines,
    dropped: async () => {
      const found = (await metrics.text()).split('\n').filter((line) => /_events_dropped_total\{/.test(line));
      return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
    append: (from, to) =>
      eventLog.append(
        topic,
        numbers(from, to).map((value) => ({ key: `key ${value % 30}`, value: String(value) })),
      ),
    read: async (group, more) => {
      const values: number[] = [];
      const consume = { group, minBatchMessages: 1, maxBatchMessages: 100, maxBatchWaitMs: 10, ...more };
      const handler = async ({ messages }: { readonly messages: readonly StoredMessage[] }) =>
        void values.push(...messages.map(numberOf));
      const { close } = await eventLog.consume(topic, consume, handler);
      return { values, close: () => close() };
    },
    kept: async () =>
      (await eventLog.offsets(topic)).reduce((sum, { first, next }) => sum + Number(next) - Number(first), 0),
  };
};
