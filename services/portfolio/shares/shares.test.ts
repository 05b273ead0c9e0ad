import { randomUUID } from 'node:crypto';
import { ShareServiceClient } from '@tickfolio/gen/portfolio/v1/share';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { tablesWith } from '@tickfolio/lib/kit/rows-with';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase, openServerDatabase } from '../kit/database.js';
import { reasonOf, startTestPortfolio } from '../kit/portfolio.js';
import { pieces } from '../users/erased-rows.js';

const dayMs = 86_400_000;

const describeShares = (name: string, open: () => Promise<Postgres>): void => {
  describe(`links to portfolios on ${name}`, () => {
    let postgres: Postgres;
    let service: Awaited<ReturnType<typeof startTestPortfolio>>;
    let client: ShareServiceClient;
    beforeAll(async () => {
      postgres = await open();
      service = await startTestPortfolio(postgres);
      client = createGrpcClient(ShareServiceClient, `127.0.0.1:${service.app.port}`);
    });
    afterAll(async () => {
      client?.close();
      await service?.close();
      await postgres?.close();
    });
    const options = { deadlineMs: 60_000, waitForReady: true };
    const somebody = () => {
      const person = service.somebody();
      const owner = { userId: person.userId, simulatedPrices: false };
      return {
        ...person,
        share: (portfolioId: string, amounts = false, expiresAtMs?: number) =>
          callUnary(client, client.create, { owner, portfolioId, amounts, expiresAtMs }, options),
        shares: async (portfolioId: string) =>
          (await callUnary(client, client.list, { owner, portfolioId }, options)).shares,
        end: (portfolioId: string, shareId: string) =>
          callUnary(client, client.end, { owner, portfolioId, shareId }, options),
      };
    };
    const openShare = (token: string) => callUnary(client, client.open, { token }, options);
    const idOf = ({ share }: { readonly share: { readonly id: string } | undefined }) => share?.id ?? '';

    it('lead to the portfolio, in small letters or in capitals, until they run out after 30 days', async () => {
      const { share, shares, create, userId } = somebody();
      const { id } = await create();
      const atMs = service.clock.now();
      const made = await share(id, true);
      expect(made).toEqual({
        share: { id: expect.any(String), amounts: true, createdAtMs: atMs, expiresAtMs: atMs + 30 * dayMs },
        token: expect.stringMatching(/^[0-9a-f]{40}$/),
      });
      for (const token of [made.token, made.token.toUpperCase()])
        expect(await openShare(token)).toMatchObject({ share: made.share, userId, portfolio: { id, name: 'Mine' } });
      service.clock.leap(30 * dayMs - 1);
      await openShare(made.token);
      service.clock.advance(1);
      expect(await reasonOf(openShare(made.token))).toBe('not_found');
      expect(await shares(id)).toEqual([made.share]);
    });

    it('lead nowhere once they were ended or their portfolio archived, nor do those that never were', async () => {
      const { share, shares, end, create, archive } = somebody();
      const { id } = await create();
      const one = await share(id);
      service.clock.advance(1);
      const other = await share(id);
      expect((await shares(id)).map((found) => found.id)).toEqual([idOf(other), idOf(one)]);
      expect((await end(id, idOf(one))).share).toEqual(one.share);
      expect(await reasonOf(end(id, idOf(one)))).toBe('not_found');
      await openShare(other.token);
      await archive(id);
      expect(await shares(id)).toEqual([]);
      for (const token of [one.token, other.token, 'f'.repeat(40), '', 'x'.repeat(10_000)])
        expect(await reasonOf(openShare(token))).toBe('not_found');
      expect(await reasonOf(share(id))).toBe('archived');
    });

    it('end a moment ahead at least and 366 days at most', async () => {
      const { share, create } = somebody();
      const { id } = await create();
      const nowMs = service.clock.now();
      for (const refused of [nowMs, nowMs - dayMs, nowMs + 366 * dayMs + 1])
        expect(await reasonOf(share(id, false, refused))).toBe('invalid-argument');
      expect((await share(id, false, nowMs + 366 * dayMs)).share?.expiresAtMs).toBe(nowMs + 366 * dayMs);
      await share(id, false, nowMs + 1);
    });

    it('are 20 of a portfolio at most, however many are asked for at once, and those that ran out make room', async () => {
      const { share, shares, create } = somebody();
      const { id } = await create();
      await share(id, false, service.clock.now() + 1);
      const reasons = await Promise.all(Array.from({ length: 25 }, () => reasonOf(share(id))));
      expect(reasons.filter((reason) => reason === 'done')).toHaveLength(19);
      expect(reasons.filter((reason) => reason === 'limit-reached')).toHaveLength(6);
      service.clock.advance(1);
      await share(id);
      expect(await shares(id)).toHaveLength(20);
      expect(await reasonOf(share(id))).toBe('limit-reached');
    });

    it('of others are not there, neither to be seen nor to be ended', async () => {
      const [one, other] = [somebody(), somebody()];
      const { id } = await one.create();
      const { id: ofOther } = await other.create();
      const made = await one.share(id);
      const refused = [other.share(id), other.shares(id), other.end(id, idOf(made)), other.end(ofOther, idOf(made))];
      expect(await Promise.all(refused.map(reasonOf))).toEqual(refused.map(() => 'not_found'));
      expect(await one.shares(id)).toEqual([made.share]);
      expect(await one.shares('default')).toEqual([]);
    });

    it('are kept without their tokens, and go with their user', async () => {
      const { share, create, userId } = somebody();
      const { id } = await create();
      const { token } = await share(id);
      expect(await tablesWith(postgres.db, [token])).toEqual([]);
      expect(await tablesWith(postgres.db, [id])).toContain('shares');
      await postgres.db.execute(sql`insert into erased_users (user_id, erased_at) values (${userId}, now())`);
      expect(await reasonOf(openShare(token))).toBe('not_found');
      await postgres.db.transaction(async (tx) => {
        for (const piece of pieces) while ((await piece(tx, userId)) > 0);
      });
      expect(await tablesWith(postgres.db, [id, randomUUID()])).not.toContain('shares');
    });

    it('go with portfolios that a build of before deletes', async () => {
      const { share, create } = somebody();
      const { id } = await create();
      const { token } = await share(id);
      await postgres.db.execute(sql`delete from portfolios where id = ${id}`);
      expect(await reasonOf(openShare(token))).toBe('not_found');
    });

    it('are looked up by their digest alone, among however many', async () => {
      const { create } = somebody();
      const { id } = await create();
      await postgres.db.execute(
        sql`insert into shares (id, portfolio_id, token_hash, amounts, created_at, expires_at)
            select gen_random_uuid(), ${id}::uuid, decode(md5(at::text), 'hex'), false, now(), now() from generate_series(1, 5000) at`,
      );
      await postgres.db.execute(sql`analyze shares`);
      const { rows } = (await postgres.db.execute(
        sql`explain select * from shares where token_hash = decode(md5('7'), 'hex')`,
      )) as unknown as { rows: Record<string, string>[] };
      expect(rows.map((row) => Object.values(row).join()).join('\n')).toContain('Index Scan');
    });
  });
};

describeShares('PGlite', openEmbeddedDatabase);
const server = await shareTestPostgres();
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () => {
  describeShares('a PostgreSQL server', async () => {
    if (!server) throw new Error('no server');
    return openServerDatabase(server);
  });
});
