import { connect, createServer, type Socket } from 'node:net';
import { type FundRequest, PortfolioServiceService, type TransferRequest } from '@tickfolio/gen/portfolio/v1';
import { systemClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createGrpcServer } from '@tickfolio/lib/grpc';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, expect, it } from 'vitest';
import { createPortfolioClient } from './portfolio-client.js';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Leads to a port until it is cut, as the connections of a process are that is killed. */
const lead = async (port: number) => {
  const sockets = new Set<Socket>();
  const relay = createServer((here) => {
    const there = connect(port, '127.0.0.1');
    for (const one of [here, there]) sockets.add(one.on('error', () => one.destroy()));
    here.pipe(there).pipe(here);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    relay.close();
    for (const socket of sockets) socket.destroy();
  };
  closing.push(cut);
  return { port: (relay.address() as { port: number }).port, cut };
};

interface Played {
  /** The answers to so many calls come too late, whatever became of them. */
  readonly late?: number;
  /** It goes away after those. */
  readonly thenAway?: boolean;
  /** It is killed when the first call was done, before it is answered. */
  readonly killed?: boolean;
}

const serve = async ({ late = 0, thenAway = false, killed = false }: Played) => {
  const keys: string[] = [];
  let kill: () => void = () => undefined;
  const server = createGrpcServer({ log: silentLogger(), drainMs: 100 });
  const answer = <Answer>(key: string, done: Answer): Answer => {
    keys.push(key);
    if (killed) kill();
    if (keys.length <= late) throw new AppError('deadline_exceeded', 'Too late.');
    if (thenAway) throw new AppError('unavailable', 'Closing.');
    return done;
  };
  const unused = server.unary(() => Promise.reject(new Error('not used')));
  const portfolio = {
    ...{ id: 'p', name: 'Other', kind: 'paper', baseCurrencyCode: 'USDT', costMethod: 'FIFO', isDefault: false },
    ...{ feeAsset: undefined, accountId: undefined, simulated: false, version: 1, balanceVersion: 0, createdAtMs: 1 },
    archivedAtMs: undefined,
  };
  const changed = (key: string) => async () => answer(key, { portfolio });
  server.addService(PortfolioServiceService, {
    ...{ list: unused, get: unused, getBalances: unused, positions: unused },
    create: server.unary(changed('create')),
    update: server.unary(changed('update')),
    archive: server.unary(changed('archive')),
    fund: server.unary(async ({ idempotencyKey }: FundRequest) =>
      answer(idempotencyKey, { asset: 'USDT', available: '5', reserved: '0', version: 2 }),
    ),
    transfer: server.unary(async ({ idempotencyKey }: TransferRequest) =>
      answer(idempotencyKey, { id: 't', fromVersion: 2, toVersion: 1 }),
    ),
  });
  const port = await server.listen({ host: '127.0.0.1', port: 0 }, 'GRPC_PORT');
  closing.push(() => server.close());
  const way = await lead(port);
  kill = way.cut;
  const client = createPortfolioClient({ clock: systemClock, target: `127.0.0.1:${way.port}` });
  closing.push(() => client.close());
  return { client, keys };
};
const asker = { userId: 'u', simulated: false, requestId: 'r' };
const moved = { fromPortfolioId: 'a', toPortfolioId: 'b', asset: 'USDT', quantity: '5', networkFee: '' };
const transfer = { ...moved, idempotencyKey: 'key-1' };

it('asks once more, under the same key, for paper money that was moved without an answer in time', async () => {
  const { client, keys } = await serve({ late: 1 });
  expect(await client.transfer(asker, transfer)).toMatchObject({ id: 't' });
  expect(keys).toEqual(['key-1', 'key-1']);
});

it('says of what is never answered that nobody knows whether it was done, and under which key it is done once', async () => {
  const { client } = await serve({ late: 100 });
  const unknown = (again: string) => ({
    code: 'deadline_exceeded',
    message: expect.stringMatching(`not known whether this was done.*${again}`),
  });
  const given = { portfolioId: 'a', asset: 'USDT', quantity: '5', idempotencyKey: 'key-2' };
  await expect(client.fund(asker, given)).rejects.toMatchObject(unknown('key-2'));
  await expect(client.transfer(asker, transfer)).rejects.toMatchObject(unknown('key-1'));
});

it('says so of portfolios that are made, renamed and archived, too', async () => {
  const { client } = await serve({ late: 100 });
  const plan = { name: 'Other', kind: 'paper', baseCurrencyCode: undefined, costMethod: undefined };
  const unset = { baseCurrencyCode: undefined, costMethod: undefined, feeAsset: undefined };
  await expect(client.create(asker, { ...plan, idempotencyKey: 'key-3' })).rejects.toMatchObject({
    code: 'deadline_exceeded',
    message: expect.stringContaining('key-3'),
  });
  const renamed = client.update(asker, { portfolioId: 'p', name: 'Third', ...unset });
  await expect(renamed).rejects.toMatchObject({ code: 'deadline_exceeded' });
  await expect(client.archive(asker, 'p')).rejects.toMatchObject({ code: 'deadline_exceeded' });
});

it('says so also where the service goes away before it can be asked once more', async () => {
  const { client } = await serve({ late: 1, thenAway: true });
  await expect(client.transfer(asker, transfer)).rejects.toMatchObject({ code: 'deadline_exceeded' });
});

it('says so of what was done by a service that was killed before it answered, and of nothing that none was there for', async () => {
  const { client, keys } = await serve({ killed: true });
  const given = { portfolioId: 'a', asset: 'USDT', quantity: '5', idempotencyKey: 'key-4' };
  await expect(client.fund(asker, given)).rejects.toMatchObject({
    code: 'deadline_exceeded',
    message: expect.stringContaining('key-4'),
  });
  expect(keys).toEqual(['key-4']);
  await expect(client.transfer(asker, transfer)).rejects.toMatchObject({ code: 'unavailable' });
  expect(keys).toEqual(['key-4']);
});
