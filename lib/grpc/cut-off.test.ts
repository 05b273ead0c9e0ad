import { type ListSymbolsResponse, SocketServiceClient, SocketServiceService } from '@tickfolio/gen/market/v1';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { freePort } from '../kit/free-port.js';
import { startTestAddress } from '../kit/postgres-address.js';
import { silentLogger } from '../telemetry/telemetry.js';
import { BrokenCallError, createGrpcServer, createServiceClient } from './grpc.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

const symbols: ListSymbolsResponse = { revision: 'r1', symbols: [], simulated: true };

/** A service whose connection breaks after it did what it was asked for, so many times. */
const serve = async ({ cuts, thenAway = false }: { cuts: number; thenAway?: boolean }) => {
  let done = 0;
  const nowhere = await freePort();
  const server = createGrpcServer({ log: silentLogger(), drainMs: 100 });
  const unused = server.unary(() => Promise.reject(new Error('not used')));
  server.addService(SocketServiceService, {
    ...{ receiveRawAggTrade: unused, receiveRawMiniTicker: unused, listAggTrades: unused },
    listSymbols: server.unary(async () => {
      done += 1;
      if (done > cuts) return symbols;
      if (thenAway) address.pointTo(nowhere);
      address.cutOne(() => 0);
      return new Promise<ListSymbolsResponse>(() => undefined);
    }),
  });
  open.push(server);
  const port = await server.listen({ host: '127.0.0.1', port: 0 }, 'GRPC_PORT');
  const address = await startTestAddress(port);
  open.push(address);
  return { target: `127.0.0.1:${address.port}`, done: () => done };
};
const connect = (target: string) => {
  const classes = { calls: { deadlineMs: 30_000 } };
  const connected = createServiceClient(SocketServiceClient, {
    ...{ clock: systemClock, target, classes, away: 'It is away.', restMs: 0 },
  });
  open.push(connected);
  const { client, call } = connected;
  return (repeatable: boolean) =>
    call('calls', client.listSymbols, { knownRevision: '', fresh: false }, { repeatable }).then(
      () => 'answered',
      (thrown: unknown) => {
        if (!(thrown instanceof AppError)) throw thrown;
        return `${thrown.code}, ${thrown instanceof BrokenCallError ? 'nobody knows whether it was done' : 'never sent'}`;
      },
    );
};

it('says of a call whose connection broke that it may have been done, and of one that found none that it was not', async () => {
  const { target, done } = await serve({ cuts: 1, thenAway: true });
  const ask = connect(target);
  expect(await ask(false)).toBe('unavailable, nobody knows whether it was done');
  expect(done()).toBe(1);
  expect(await ask(false)).toBe('unavailable, never sent');
  expect(await connect(`127.0.0.1:${await freePort()}`)(true)).toBe('unavailable, never sent');
});

it('makes one once more that may be made twice, and says what is known of the first where nobody is there any more', async () => {
  const back = await serve({ cuts: 1 });
  expect(await connect(back.target)(true)).toBe('answered');
  expect(back.done()).toBe(2);
  const gone = await serve({ cuts: 1, thenAway: true });
  expect(await connect(gone.target)(true)).toBe('unavailable, nobody knows whether it was done');
  expect(gone.done()).toBe(1);
});

it('believes the service that says itself that it cannot do it', async () => {
  const server = createGrpcServer({ log: silentLogger(), drainMs: 100 });
  const away = server.unary(() => Promise.reject(new AppError('unavailable', 'Closing.')));
  const calls = { listSymbols: away, receiveRawAggTrade: away, receiveRawMiniTicker: away, listAggTrades: away };
  server.addService(SocketServiceService, calls);
  open.push(server);
  const port = await server.listen({ host: '127.0.0.1', port: 0 }, 'GRPC_PORT');
  expect(await connect(`127.0.0.1:${port}`)(true)).toBe('unavailable, never sent');
});
