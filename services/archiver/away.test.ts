import type { ClickHouse, StatementOptions } from '@tickfolio/lib/clickhouse';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { EventLog } from '@tickfolio/lib/event-log';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { startArchiver } from './app.js';
import { createTickers } from './kit/tickers.js';

const log = silentLogger();
const options = {
  database: 'crypto',
  table: 'market_tickers',
  topic: 't',
  group: 'g',
  batch: { minMessages: 1, maxMessages: 10, maxWaitMs: 10 },
  auditIntervalMs: 60_000,
};

/** Answers nothing, and keeps to what the port promises: a statement ends with its signal. */
const hang = <T>(given: StatementOptions | undefined): Promise<T> =>
  new Promise((_, reject) =>
    given?.signal?.addEventListener('abort', () => reject(new AppError('canceled', 'given up')), { once: true }),
  );
const fakeClickHouse = (over: Partial<ClickHouse> = {}): ClickHouse => ({
  insert: async () => undefined,
  insertLines: async () => undefined,
  query: async () => [],
  command: async () => undefined,
  check: async () => undefined,
  close: async () => undefined,
  ...over,
});

describe('an archiver whose servers are away', () => {
  it('shows all its figures while Kafka is, and how much waited when that was last known', async () => {
    const clock = createManualClock();
    const metrics = createMetrics('archiver');
    const memory = createMemoryEventLog({ clock, log, metrics: createMetrics('log') });
    let away = false;
    const eventLog: EventLog = {
      ...memory,
      consume: async (...given) => ({
        ...(await memory.consume(...given)),
        lag: async () => {
          if (away) throw new AppError('unavailable', 'Kafka is away.');
          return 12;
        },
      }),
    };
    const app = await startArchiver(
      { eventLog, clickhouse: fakeClickHouse(), clock, log, metrics },
      { ...options, operationsAddress: { host: '127.0.0.1', port: 0 } },
    );
    const read = async () => {
      const answer = await fetch(`http://127.0.0.1:${app.operationsPort}/metrics`);
      expect(answer.status).toBe(200);
      return answer.text();
    };
    expect(await read()).not.toMatch(/^tickfolio_archiver_lag_messages /m);
    await clock.advanceAsync(5_000);
    const seenAt = clock.now() / 1_000;
    away = true;
    await clock.advanceAsync(600_000);
    const text = await read();
    expect(text).toContain('tickfolio_archiver_lag_messages 12');
    expect(text).toContain(`tickfolio_archiver_lag_timestamp_seconds ${seenAt}`);
    expect(text).toContain('tickfolio_archiver_rows_total 0');
    await app.close();
    await eventLog.close();
  });

  /** @param isCut whether whoever closes runs out of time, without which it would wait on */
  const closes = async (clickhouse: ClickHouse, isCut: boolean) => {
    const eventLog = createMemoryEventLog({ clock: systemClock, log, metrics: createMetrics('log') });
    const app = await startArchiver(
      // Without a cut from outside its own clock stands, so nothing but the end itself makes it leave.
      {
        eventLog,
        clickhouse,
        clock: isCut ? systemClock : createManualClock(),
        log,
        metrics: createMetrics('archiver'),
      },
      options,
    );
    eventLog.publish('t', { key: 'K', value: createTickers('s', 1_700_000_000_000)().value });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const until = new AbortController();
    const closing = app.close(until.signal);
    if (isCut) until.abort();
    await closing;
    await eventLog.close();
  };

  it('stops when it is told to while ClickHouse answers no insert', async () => {
    await closes(fakeClickHouse({ insertLines: (_table, _columns, _lines, given) => hang(given) }), true);
  });

  it('stops at once while ClickHouse answers no question, be it the audit or the tables that waits', async () => {
    await closes(fakeClickHouse({ query: (_sql, _params, given) => hang(given) }), false);
    await closes(fakeClickHouse({ command: (_sql, _params, given) => hang(given) }), false);
  });

  it('can be closed more than once', async () => {
    const eventLog = createMemoryEventLog({ clock: systemClock, log, metrics: createMetrics('log') });
    const metrics = createMetrics('archiver');
    const app = await startArchiver(
      { eventLog, clickhouse: fakeClickHouse(), clock: systemClock, log, metrics },
      options,
    );
    await Promise.all([app.close(), app.close()]);
    await app.close();
    await eventLog.close();
  });
});
