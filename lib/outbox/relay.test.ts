import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import type { EventMessage } from '../events/message.js';
import { becomes } from '../kit/becomes.js';
import { shareTestPglite } from '../kit/pglite.js';
import { shareTestPostgres } from '../kit/postgres.js';
import { openTestDatabase } from '../kit/server-database.js';
import { type Postgres, sqlState, timeOf, uniqueViolation } from '../postgres/postgres.js';
import { createLogger, createMetrics } from '../telemetry/telemetry.js';
import { tellCommits } from './commits.js';
import { raiseEpoch } from './epoch.js';
import { boatEvents, boatTables, createBoats, movedIn, source } from './kit/boats.js';
import { createListEvents } from './list-events.js';
import { startRelay } from './relay.js';

const migrationsFolder = fileURLToPath(new URL('./kit/migrations', import.meta.url));
const server = await shareTestPostgres();

const onServer = async (): Promise<Postgres> => {
  if (!server) throw new Error('no server');
  return openTestDatabase(server, { name: 'boats', migrationsFolder });
};

/** Relays over one database, at a time that the test moves, and a log that does as it is told. */
const build = async (postgres: Postgres) => {
  const clock = createManualClock(Date.UTC(2026, 10, 28, 8));
  const time = timeOf(clock);
  const { db, note, onCommit } = tellCommits(postgres.db);
  const boats = createBoats(db, time);
  const taken: EventMessage[] = [];
  const lines: string[] = [];
  const log = createLogger('test', 'info', (line) => void lines.push((JSON.parse(line) as { msg: string }).msg));
  const set = { append: async (_messages: readonly EventMessage[]): Promise<void> => undefined };
  const eventLog = {
    append: async (topic: string, messages: readonly EventMessage[]) => {
      expect(topic).toBe('boat-events');
      await set.append(messages);
      taken.push(...messages);
    },
  };
  const open: { close(): Promise<void> }[] = [];
  const relay = (holder: string, pollMs = 100, ownClock = clock) => {
    const metrics = createMetrics('boats');
    const deps = { db: postgres.db, tables: boatTables, clock: ownClock, time, log, metrics, eventLog };
    const started = startRelay(deps, { source, holder, pollMs });
    open.push(started);
    const metric = async (name: string) =>
      Number(new RegExp(`^tickfolio_boats_${name} (\\S+)`, 'm').exec(await metrics.text())?.[1]);
    return { ...started, metric };
  };
  return {
    ...boats,
    db,
    note,
    onCommit,
    clock,
    lines,
    set,
    relay,
    /** Waits until each relay waits for its next turn; time that moves before that wakes none. */
    rest: (relays = 1) => becomes(() => clock.pending, relays),
    said: () => taken.map(movedIn).map(({ stream, version }) => `${stream} ${version}`),
    taken,
    list: createListEvents({ db: postgres.db, tables: boatTables, time, source }),
    close: async () => {
      for (const one of open) await one.close();
    },
  };
};

describe('an outbox', () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });
  const start = async () => {
    const postgres = await shareTestPglite(migrationsFolder);
    const built = await build(postgres);
    opened.push(postgres, built);
    return built;
  };

  it('sends what was committed, in the order of each stream, and once', async () => {
    const { move, relay, said, rest, clock, db, moveWithin } = await start();
    const { metric } = relay('one');
    await move('a', 1);
    await move('b', 1);
    await move('a', 2);
    const undone = db.transaction(async (tx) => {
      await moveWithin(tx, 'a', 3);
      throw new Error('not after all');
    });
    await expect(undone).rejects.toThrow('not after all');
    clock.advance(100);
    await becomes(said, ['boat:a 1', 'boat:b 1', 'boat:a 2']);
    await becomes(() => metric('events_sent_total'), 3);
    await move('a', 3);
    await rest();
    clock.advance(100);
    await becomes(said, ['boat:a 1', 'boat:b 1', 'boat:a 2', 'boat:a 3']);
  });

  it('sends at once what is committed where it is the one that sends, without looking for it in between', async () => {
    const { moveWithin, db, note, onCommit, relay, said, clock } = await start();
    const { wake } = relay('one', 3_600_000);
    onCommit(wake);
    await db.transaction(async (tx) => {
      await moveWithin(tx, 'a', 1);
      note(tx);
    });
    await becomes(said, ['boat:a 1']);
    expect(clock.now()).toBe(Date.UTC(2026, 10, 28, 8));
  });

  it('refuses a second event of one number: somebody wrote without the lock', async () => {
    const { move, append, db, said, relay, clock } = await start();
    await move('a', 1);
    const twice = { type: 'boat.moved' as const, stream: 'boat:a', version: 1, data: { to: 2 } };
    const refused: unknown = await db.transaction((tx) => append(tx, boatEvents, [twice])).catch((err) => err);
    expect(sqlState(refused)).toBe(uniqueViolation);
    const wrong = { ...twice, version: 2, data: { to: 'x' } } as unknown as typeof twice;
    await expect(db.transaction((tx) => append(tx, boatEvents, [wrong]))).rejects.toThrow('data.to must be integer');
    relay('one');
    clock.advance(100);
    await becomes(said, ['boat:a 1']);
  });

  it('keeps what the log did not take, says for how long it waits, and sends it when the log is back', async () => {
    const { move, relay, said, rest, set, clock, lines } = await start();
    const { metric, wake } = relay('one');
    let asked = 0;
    set.append = async () => {
      asked += 1;
      throw new AppError('unavailable', 'Kafka is away.');
    };
    await move('a', 1);
    clock.advance(100);
    await becomes(() => lines, ['events could not be sent to the event log; they wait in the database']);
    for (let second = 1; second <= 8; second++) {
      const before = asked;
      await rest();
      clock.advance(5_000);
      await becomes(() => asked > before, true);
    }
    await becomes(() => metric('events_unsent_age_seconds'), 40.1);
    // Sign-ins go on, and do not make it ask more often.
    const before = asked;
    await move('a', 2);
    wake();
    expect(asked).toBe(before);
    await rest();
    set.append = async () => undefined;
    clock.advance(5_000);
    await becomes(said, ['boat:a 1', 'boat:a 2']);
    await becomes(() => metric('events_unsent_age_seconds'), 0);
    expect(lines.at(-1)).toBe('events are sent again');
  });

  it('gives a log that never answers five seconds', async () => {
    const { move, relay, said, rest, set, clock, lines } = await start();
    relay('one');
    let asked = 0;
    set.append = () => {
      asked += 1;
      return new Promise(() => undefined);
    };
    await move('a', 1);
    clock.advance(100);
    await becomes(() => asked, 1);
    clock.advance(5_000);
    await becomes(() => lines.length, 1);
    await rest();
    set.append = async () => undefined;
    clock.advance(5_000);
    await becomes(said, ['boat:a 1']);
  });

  it('lets another replica send once the one that did stood still for 15 s, and sends twice rather than not at all', async () => {
    const { move, relay, said, rest, set, clock } = await start();
    const stopped = createManualClock(clock.now());
    relay('one', 100, stopped);
    let goOn = () => {};
    let asked = 0;
    set.append = () => {
      asked += 1;
      return new Promise((resolve) => {
        goOn = resolve;
      });
    };
    await move('a', 1);
    stopped.advance(100);
    await becomes(() => asked, 1);
    set.append = async () => undefined;
    const { metric } = relay('two', 2_000);
    // It finds that another one sends, and for how long something waits there.
    clock.advance(2_000);
    await becomes(() => metric('events_unsent_age_seconds'), 2);
    for (const ageS of [7, 12]) {
      await rest();
      clock.advance(5_000);
      await becomes(() => metric('events_unsent_age_seconds'), ageS);
    }
    expect(said()).toEqual([]);
    await rest();
    clock.advance(5_000);
    await becomes(said, ['boat:a 1']);
    goOn();
    await becomes(said, ['boat:a 1', 'boat:a 1']);
    await move('a', 2);
    await rest();
    clock.advance(5_000);
    await becomes(said, ['boat:a 1', 'boat:a 1', 'boat:a 2']);
  });

  it('lets another replica send at once when the one that did ends in order', async () => {
    const { move, relay, said, clock } = await start();
    const first = relay('one');
    await move('a', 1);
    clock.advance(100);
    await becomes(said, ['boat:a 1']);
    await first.close();
    await move('a', 2);
    relay('two');
    clock.advance(100);
    await becomes(said, ['boat:a 1', 'boat:a 2']);
  });

  it('tells the events of a stream from a version on, and of all of them what is a minute old', async () => {
    const { move, list, clock } = await start();
    for (let to = 1; to <= 3; to++) await move('a', to);
    await move('b', 1);
    clock.advance(50_000);
    await move('a', 4);
    const versions = (events: readonly string[]) =>
      events.map((text) => movedIn({ value: text })).map(({ stream, version }) => `${stream} ${version}`);
    const page = await list({ stream: 'boat:a', fromVersion: 2 }, 2);
    expect([versions(page.events), page.next, page.stream]).toEqual([
      ['boat:a 2', 'boat:a 3'],
      4,
      { lastVersion: 4, epoch: 1 },
    ]);
    expect((await list({ stream: 'boat:c', fromVersion: 1 }, 2)).stream).toEqual({ lastVersion: 0, epoch: 1 });
    expect((await list({ afterSeq: 0 }, 10)).events).toEqual([]);
    clock.advance(10_001);
    const first = await list({ afterSeq: 0 }, 3);
    const second = await list({ afterSeq: first.next }, 3);
    expect([versions(first.events), versions(second.events)]).toEqual([
      ['boat:a 1', 'boat:a 2', 'boat:a 3'],
      ['boat:b 1'],
    ]);
    expect((await list({ afterSeq: second.next }, 3)).next).toBe(second.next);
    await expect(list({ afterSeq: 0 }, 501)).rejects.toThrow('limit must be a whole number from 1 to 500');
  });

  it('is of a higher epoch after each restore, also from one backup, and where the clock was set back', async () => {
    const { db, list, clock } = await start();
    const restored = async (now: number) => {
      await raiseEpoch(db, boatTables, timeOf({ now: () => now }));
      return (await list({ stream: 'boat:a', fromVersion: 1 }, 1)).stream?.epoch ?? 0;
    };
    const first = await restored(clock.now());
    const second = await restored(0);
    expect([first > 1, second > first]).toEqual([true, true]);
    await db.delete(boatTables.databaseEpoch);
    expect(await restored(clock.now() + 60_000)).toBeGreaterThan(second);
  });

  it('says of what is sent after a restore that it is of another epoch', async () => {
    const { move, relay, taken, db, clock } = await start();
    relay('one');
    await move('a', 1);
    await raiseEpoch(db, boatTables, () => sql`'2026-01-01T00:00:07Z'::timestamptz`);
    clock.advance(100);
    await becomes(() => taken.map(movedIn), [{ stream: 'boat:a', version: 1, epoch: 7, to: 1 }]);
  });
});

describe.skipIf(!server)(`an outbox on a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  const opened: { close(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const one of opened.reverse()) await one.close();
  });
  it('loses nothing that commits late although its number was given out early', async () => {
    const postgres = await onServer();
    const { moveWithin, move, db, relay, said, rest, clock, close } = await build(postgres);
    opened.push(postgres, { close });
    relay('one');
    let commit = () => {};
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let drawn = () => {};
    const hasDrawn = new Promise<void>((resolve) => {
      drawn = resolve;
    });
    const late = db.transaction(async (tx) => {
      await moveWithin(tx, 'late', 1);
      drawn();
      await held;
    });
    await hasDrawn;
    await move('early', 1);
    clock.advance(100);
    await becomes(said, ['boat:early 1']);
    commit();
    await late;
    await rest();
    clock.advance(100);
    await becomes(said, ['boat:early 1', 'boat:late 1']);
  });

  it('numbers what many connections do to the same boats without holes, and sends it in that order', async () => {
    const postgres = await onServer();
    const { move, relay, taken, clock, close } = await build(postgres);
    opened.push(postgres, { close });
    relay('one');
    relay('two');
    const sail = async () => {
      for (let to = 0; to < 25; to++) await move(`boat-${to % 5}`, to);
    };
    await Promise.all(Array.from({ length: 8 }, sail));
    await becomes(() => {
      clock.advance(100);
      return taken.length;
    }, 200);
    const versions = new Map<string, number[]>();
    for (const { stream, version } of taken.map(movedIn))
      versions.set(stream, [...(versions.get(stream) ?? []), version]);
    const whole = Array.from({ length: 40 }, (_, at) => at + 1);
    expect([...versions.values()]).toEqual(Array.from({ length: 5 }, () => whole));
  });
});
