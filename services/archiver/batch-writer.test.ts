import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { Batch, StoredMessage } from '@tickfolio/lib/event-log';
import { type DeadLetter, originOf } from '@tickfolio/lib/event-log/dead-letters';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import type { Archive } from './archive.js';
import { batchWriterLimits, createBatchWriter } from './batch-writer.js';
import { createTickers } from './kit/tickers.js';
import { createArchiverMetrics } from './metrics.js';
import type { TickerLines } from './ticker-lines.js';

const message = (offset: number, value: string): StoredMessage => ({
  offset: String(offset),
  key: 'K',
  value: Buffer.from(value),
  headers: {},
  timestampMs: 1,
});

/** A writer over an archive that says no as often as it is told to. */
const setup = (
  faults: {
    store?: (lines: TickerLines) => Promise<void>;
    storeAgain?: () => Promise<boolean>;
    send?: () => Promise<void>;
  } = {},
) => {
  const clock = createManualClock(0);
  const stored: string[] = [];
  const dead: string[] = [];
  const letters: DeadLetter[] = [];
  const closing = new AbortController();
  const cut = new AbortController();
  const metrics = createMetrics('archiver');
  const archive: Archive = {
    store: async (lines) => {
      await faults.store?.(lines);
      stored.push(...lines.messages.map(({ offset }) => offset));
    },
    storeAgain: async () => (faults.storeAgain ? faults.storeAgain() : stored.length > 0),
    storeDead: async (_topic, _partition, offsets) => void dead.push(...offsets),
  };
  const deadLetters = {
    send: async (all: readonly DeadLetter[]) => {
      await faults.send?.();
      letters.push(...all);
    },
  };
  const deps = {
    archive,
    deadLetters,
    clock,
    log: silentLogger(),
    metrics: createArchiverMetrics(metrics),
    signal: closing.signal,
    cut: cut.signal,
  };
  const writer = createBatchWriter(deps, { ...batchWriterLimits, random: () => 0.999_999 });
  let beats = 0;
  const heartbeat = { run: async () => {} };
  const batch = (messages: readonly StoredMessage[]): Batch => ({
    topic: 'binance.miniticker',
    partition: 1,
    messages,
    heartbeat: async () => {
      beats++;
      await heartbeat.run();
    },
  });
  return { clock, stored, dead, letters, closing, cut, metrics, writer, batch, heartbeat, beats: () => beats };
};
const tickers = (count: number, from = 0): StoredMessage[] => {
  const next = createTickers('seed', 1_700_000_000_000);
  return Array.from({ length: count }, (_, i) => message(from + i, next().value));
};

describe('a batch', () => {
  it('is stored whole', async () => {
    const { writer, batch, stored, letters } = setup();
    await writer.handle(batch(tickers(5)));
    expect(stored).toEqual(['0', '1', '2', '3', '4']);
    expect(letters).toEqual([]);
  });

  it('loses nothing to a message that cannot be read: that one goes to the dead letters, with the reason', async () => {
    const { writer, batch, stored, dead, letters, metrics } = setup();
    const [first, second] = tickers(2);
    if (!first || !second) throw new Error('no tickers');
    const poison = message(7, '{"message_id":');
    await writer.handle(batch([first, poison, { ...second, offset: '8' }]));
    expect(stored).toEqual(['0', '8']);
    expect(letters).toEqual([{ message: poison, reason: 'the message is not JSON', origin: originOf(1, poison) }]);
    expect(dead).toEqual(['7']);
    expect(await metrics.text()).toContain('tickfolio_archiver_dead_letters_total 1');
  });

  it('that cannot be handled, for whatever reason, is named where operators look, until its partition gets on', async () => {
    let broken = true;
    const { writer, batch, clock } = setup({
      send: async () => {
        if (broken) throw new RangeError('Invalid time value');
      },
    });
    const poison = batch([message(7, 'no ticker')]);
    for (let tries = 0; tries < 3; tries++) {
      await expect(writer.handle(poison)).rejects.toThrow('Invalid time value');
      await clock.advanceAsync(5_000);
      expect(writer.fault).toMatch(/^partition 1 does not get on: /);
    }
    broken = false;
    await writer.handle(poison);
    expect(writer.fault).toBeUndefined();
  });

  it('that could not be handled and was never handed over again is not held against this archiver for ever', async () => {
    const { writer, batch, clock } = setup({ send: () => Promise.reject(new RangeError('Invalid time value')) });
    await expect(writer.handle(batch([message(7, 'no ticker')]))).rejects.toThrow();
    await clock.advanceAsync(31_000);
    expect(writer.fault).toBeUndefined();
  });

  it('waits for ClickHouse with growing pauses, as a living member of the group, and says so meanwhile', async () => {
    let away = 6;
    const { writer, batch, stored, clock, beats } = setup({
      store: async () => {
        if (away-- > 0) throw new AppError('unavailable', 'ClickHouse does not answer.');
      },
    });
    const handled = writer.handle(batch(tickers(3)));
    await clock.advanceAsync(5_000);
    expect(stored).toEqual([]);
    expect(writer.fault).toBe('rows: ClickHouse does not answer.');
    await clock.advanceAsync(20_000);
    await handled;
    expect(stored).toEqual(['0', '1', '2']);
    expect(writer.fault).toBeUndefined();
    expect(beats()).toBeGreaterThanOrEqual(8);
  });

  it('is given up when its partition moved to another member, while waiting and while inserting', async () => {
    const { writer, batch, clock, heartbeat } = setup({
      store: async () => {
        throw new AppError('unavailable', 'away');
      },
    });
    const handled = writer.handle(batch(tickers(3)));
    const outcome = expect(handled).rejects.toThrow('the partition moved');
    await clock.advanceAsync(2_000);
    heartbeat.run = async () => {
      throw new Error('the partition moved');
    };
    await clock.advanceAsync(10_000);
    await outcome;
  });

  it('is not taken for stored when we are closing while it waits', async () => {
    const { writer, batch, clock, closing } = setup({
      store: async () => {
        throw new AppError('unavailable', 'away');
      },
    });
    const outcome = expect(writer.handle(batch(tickers(3)))).rejects.toThrow('away');
    await clock.advanceAsync(100);
    closing.abort();
    await clock.advanceAsync(1);
    await outcome;
  });

  it('in which ClickHouse refuses rows for what they are keeps all the others', async () => {
    const bad = new Set(['3', '4', '40']);
    const { writer, batch, stored, letters, dead } = setup({
      store: async ({ messages }) => {
        if (messages.some(({ offset }) => bad.has(offset))) throw new AppError('invalid_argument', 'Decimal overflow');
      },
    });
    await writer.handle(batch(tickers(64)));
    expect(stored.length).toBe(61);
    expect(stored.some((offset) => bad.has(offset))).toBe(false);
    expect(letters.map((letter) => [letter.origin['origin-offset'], letter.reason])).toEqual(
      [...bad].map((offset) => [offset, 'ClickHouse refuses the row: Decimal overflow']),
    );
    expect(dead).toEqual([...bad]);
  });

  it('keeps its rows where the table refuses also what it took before, and stores them once it is mended', async () => {
    let broken = true;
    let inserts = 0;
    const refusal = () => new AppError('invalid_argument', 'a constraint that somebody put on the table');
    const { writer, batch, stored, letters, clock } = setup({
      store: async () => {
        inserts++;
        if (broken) throw refusal();
      },
      storeAgain: async () => {
        if (broken) throw new AppError('failed_precondition', 'The archive refuses also what it took before');
        return true;
      },
    });
    const handled = writer.handle(batch(tickers(1_000)));
    await clock.advanceAsync(600_000);
    expect(writer.fault).toBe('rows: The archive refuses also what it took before');
    // Halved once to a single row, and no insert more for ten minutes.
    expect(inserts).toBeLessThan(15);
    broken = false;
    await clock.advanceAsync(10_000);
    await handled;
    expect(new Set(stored).size).toBe(1_000);
    expect(letters).toEqual([]);
    expect(writer.fault).toBeUndefined();
  });

  it('of which ClickHouse refuses more than can be bad is not buried: it waits, and somebody is told', async () => {
    let wrong = true;
    const { writer, batch, stored, letters, clock } = setup({
      store: async ({ messages }) => {
        if (wrong && messages.some(({ offset }) => Number(offset) % 3 === 0))
          throw new AppError('invalid_argument', 'Type mismatch');
      },
      storeAgain: async () => true,
    });
    const handled = writer.handle(batch(tickers(300)));
    await clock.advanceAsync(30_000);
    expect(writer.fault).toContain('ClickHouse refuses more than 10 rows of one batch');
    expect(letters).toEqual([]);
    wrong = false;
    await clock.advanceAsync(60_000);
    await handled;
    expect(new Set(stored).size).toBe(300);
    expect(letters).toEqual([]);
  });

  it('that is the first of all and is refused whole waits until something is taken', async () => {
    let refused = true;
    const { writer, batch, stored, letters, clock } = setup({
      store: async () => {
        if (refused) throw new AppError('invalid_argument', 'Type mismatch');
      },
    });
    const handled = writer.handle(batch(tickers(2)));
    await clock.advanceAsync(10_000);
    expect(writer.fault).toContain('ClickHouse refuses the first rows that this table is given');
    refused = false;
    await clock.advanceAsync(60_000);
    await handled;
    expect([stored.length, letters.length]).toEqual([2, 0]);
  });

  it('takes its fault along when its partition moves, and hides none of another partition', async () => {
    let away = true;
    const { writer, batch, clock, heartbeat } = setup({
      store: async ({ messages }) => {
        if (away && messages[0]?.offset === '0') throw new AppError('unavailable', 'ClickHouse is away');
      },
    });
    const handled = writer.handle(batch(tickers(3)));
    await clock.advanceAsync(3_000);
    await writer.handle({ ...batch(tickers(3, 10)), partition: 2 });
    expect(writer.fault).toBe('rows: ClickHouse is away');
    const outcome = expect(handled).rejects.toThrow('moved');
    heartbeat.run = async () => {
      throw new AppError('canceled', 'The partition moved to another member.');
    };
    await clock.advanceAsync(10_000);
    await outcome;
    expect(writer.fault).toBeUndefined();
    away = false;
  });

  it('is let go at once when the time for closing is over, whatever hangs', async () => {
    const { writer, batch, closing, cut, stored } = setup({ store: () => new Promise(() => undefined) });
    const outcome = expect(writer.handle(batch(tickers(3)))).rejects.toThrow();
    closing.abort();
    cut.abort();
    await outcome;
    expect(stored).toEqual([]);
  });

  it('is not committed before its dead letters are acknowledged', async () => {
    let away = true;
    const { writer, batch, letters, clock } = setup({
      send: async () => {
        if (away) throw new AppError('unavailable', 'the broker is away');
      },
    });
    let done = false;
    const handled = writer.handle(batch([message(0, 'x')])).then(() => {
      done = true;
    });
    await clock.advanceAsync(3_000);
    expect(done).toBe(false);
    away = false;
    await clock.advanceAsync(10_000);
    await handled;
    expect(letters.length).toBe(1);
  });
});
