import { randomBytes } from 'node:crypto';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { patience, shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { outboxTables } from '@tickfolio/lib/outbox';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { restorable, restoredService } from './restored.js';

const server = await shareTestPostgres();

it('nothing is said of a service whose events nobody keeps', async () => {
  await expect(restoredService('socket')).rejects.toThrow(
    'Of "socket" nothing is to be said; of auth, portfolio and orders it is.',
  );
});

describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  it.each(restorable)(
    'the database of %s on a server tells under a higher epoch once it was restored',
    async (name) => {
      if (!server) throw new Error('no server');
      const { migrationsFolder, begin } = await restoredService(name);
      const database = `restored_${randomBytes(6).toString('hex')}`;
      await server.createDatabase(database);
      const { host, port, user, password } = server;
      const place = { host, port, user, password, database, maxConnections: 2, ...patience };
      const postgres = await openServerPostgres({ ...place, migrationsFolder, log: silentLogger(), clock });
      const epochs = () => postgres.db.select().from(outboxTables('events').databaseEpoch);
      expect(await epochs()).toEqual([]);
      await begin(postgres.db);
      const [first] = await epochs();
      await begin(postgres.db);
      const [second] = await epochs();
      expect([(first?.epoch ?? 0) > 1, (second?.epoch ?? 0) > (first?.epoch ?? 0)]).toEqual([true, true]);
      await postgres.close();
    },
  );
});
