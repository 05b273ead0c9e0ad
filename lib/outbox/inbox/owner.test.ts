import { EventServiceClient, EventServiceService, type ListEventsRequest } from '@tickfolio/gen/auth/v1';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import { createGrpcServer } from '../../grpc/grpc.js';
import { silentLogger } from '../../telemetry/telemetry.js';
import { connectOwner } from './owner.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const serve = async (answer: (asked: ListEventsRequest) => object) => {
  const server = createGrpcServer({ log: silentLogger() });
  server.addService(EventServiceService, {
    listEvents: server.unary(async (asked: ListEventsRequest) => answer(asked)),
  });
  const port = await server.listen({ host: '127.0.0.1', port: 0 }, 'GRPC_PORT');
  opened.push(server);
  const owner = connectOwner(EventServiceClient, { clock: systemClock, target: `127.0.0.1:${port}` });
  opened.push(owner);
  return owner;
};

it('asks the service that has the events for one stream, and for all of them', async () => {
  const asked: ListEventsRequest[] = [];
  const owner = await serve((request) => {
    asked.push(request);
    return { events: ['{}'], next: 8, stream: request.stream && { lastVersion: 7, epoch: 2 } };
  });
  const end = { lastVersion: 7, epoch: 2 };
  expect(await owner.list({ stream: 'boat:a', fromVersion: 7 }, 10)).toEqual({ events: ['{}'], next: 8, stream: end });
  expect(await owner.list({ afterSeq: 7 }, 20)).toEqual({ events: ['{}'], next: 8 });
  expect(asked).toEqual([
    { stream: { name: 'boat:a', fromVersion: 7 }, all: undefined, limit: 10 },
    { stream: undefined, all: { afterSeq: 7 }, limit: 20 },
  ]);
});

it('says in words that it is away', async () => {
  const owner = await serve(() => {
    throw new AppError('unavailable', 'The database cannot be reached.');
  });
  await expect(owner.list({ afterSeq: 0 }, 1)).rejects.toMatchObject({ code: 'unavailable' });
});
