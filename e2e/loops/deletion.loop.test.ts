import { migrationsFolder as authMigrations } from '@tickfolio/auth/app';
import { migrationsFolder as profileMigrations } from '@tickfolio/bff/app';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { countOf, seed } from '@tickfolio/lib/kit/counts';
import { startTestKafka } from '@tickfolio/lib/kit/kafka';
import { patience } from '@tickfolio/lib/kit/postgres';
import { createRandom } from '@tickfolio/lib/kit/random';
import { tablesWith } from '@tickfolio/lib/kit/rows-with';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callJson, signIn, signUp, type TestPerson } from '../kit/client.js';
import { readyOf, type Stack, startStack } from '../kit/stack.js';

/** A quarter, because each takes some 15 s: Kafka waits for the member that was killed, and a relay for its lease. */
const kills = Math.ceil(countOf('KILLS', 12) / 4);
const patienceMs = 60_000;
/** Kafka waits for a member of a group that was killed, and a relay for the lease of another. */
const goneWithinMs = 120_000;
/** Enough pieces for a kill between two of them. */
const valueRows = 20_000;

const kafka = await startTestKafka();
// It is asked more often than a person may whether all is gone: who is refused waits a minute.
const stack = kafka && (await startStack({ AUTH_RATE_LIMIT: '10000' }, { brokers: kafka.brokers }));

describe.runIf(kafka && stack)('an account that is deleted while the gateway is killed (-9)', () => {
  if (!kafka || !stack) return; // NOT COVERED was said.
  afterAll(async () => {
    await stack.close();
    await kafka.close();
  });
  deleteUnderKills(stack);
});

function deleteUnderKills(stack: Stack) {
  const random = createRandom(seed);
  const databases: Postgres[] = [];
  beforeAll(async () => {
    await stack.ready(patienceMs);
    const { host, port, user, password } = stack.postgres;
    const server = { host, port, user, password, ...patience, log: silentLogger(), clock };
    databases.push(
      await openServerPostgres({ ...server, database: 'auth_db', migrationsFolder: authMigrations }),
      await openServerPostgres({ ...server, database: 'profile_db', migrationsFolder: profileMigrations }),
    );
  });
  afterAll(async () => {
    for (const postgres of databases) await postgres.close();
  });
  it('is deleted in an installation of the first system alone, which misses no other service', async () => {
    await eventually(
      'the event log is well',
      async () => (await readyOf(stack))['event-log'] === 'ok',
      patienceMs,
      200,
    );
    expect(Object.keys(await readyOf(stack))).not.toContain('portfolio');
  });

  const holding = async (texts: readonly string[]) =>
    (await Promise.all(databases.map(({ db }) => tablesWith(db, texts)))).flat();
  const fill = async ({ call, addCoin }: TestPerson): Promise<string> => {
    await eventually('a coin is added', async () => (await addCoin('btcusdt', '1.5')).status === 200, patienceMs, 200);
    const userId = String((await call('GET', '/api/v1/profile')).body.ID);
    await databases[1]?.db.execute(
      sql`insert into value_minutes (user_id, simulated, minute, value)
        select ${userId}, true, date_trunc('minute', now()) - n * interval '1 second', 1 from generate_series(1, ${valueRows}) n`,
    );
    return userId;
  };
  const stateOf = async (link: string) =>
    (await callJson(stack.base, 'GET', link).catch(() => undefined))?.body.state as string | undefined;

  it(`leaves nothing of it in any database, whenever the kill comes, ${kills} of them, seed ${seed}`, {
    timeout: kills * (patienceMs + goneWithinMs),
  }, async () => {
    for (let count = 0; count < kills; count++) {
      const person = await signUp(stack.base);
      const userId = await fill(person);
      const socket = await person.connect();
      const { status, body, headers } = await person.call('DELETE', '/api/v1/account');
      expect([status, headers.get('location')]).toEqual([202, body.link]);
      expect((await socket.closed).code).toBe(4401);
      await new Promise((resolve) => setTimeout(resolve, random() * 600));
      await stack.kill('bff');
      stack.start('bff');
      await stack.ready(patienceMs);
      await eventually(
        'it is gone everywhere',
        async () => (await stateOf(String(body.link))) === 'done',
        goneWithinMs,
      );
      expect(await holding([person.name])).toEqual([]);
      const ids = ['deletions', 'erased_users', 'erasures', 'inbox', 'profile_events', 'user_events', 'user_streams'];
      expect((await holding([userId])).filter((table) => !ids.includes(table))).toEqual([]);
      expect(
        await callJson(stack.base, 'POST', '/api/v1/auth/register', {
          name: person.name,
          password: 'correct horse battery',
        }),
      ).toMatchObject({ status: 201 });
      const next = await signIn(stack.base, person.name);
      expect((await next.call('GET', '/api/v1/profile')).body).toMatchObject({ Name: person.name, Coins: [] });
    }
  });
}
