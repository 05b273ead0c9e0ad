import { createServer } from 'node:net';
import { freePort } from '@tickfolio/lib/kit/free-port';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { placesAsSet, portFaults } from './ports.js';

const other = createServer();
let taken = 0;
beforeAll(async () => {
  taken = await freePort();
  await new Promise<void>((resolve) => other.listen(taken, '127.0.0.1', resolve));
});
afterAll(() => void other.close());
const at = (port: number, host = '127.0.0.1') => ({ host, port });

it('names every port that is taken, and nothing else; all are free again afterwards', async () => {
  const free = await freePort();
  const places = [
    { variable: 'HTTP_PORT', address: at(taken) },
    { variable: 'GRPC_PORT', address: at(free) },
    { variable: 'ADDRESS', address: at(taken, '0.0.0.0') },
    { variable: 'SERVER_ADDR', address: at(0) },
  ];
  for (const _again of [1, 2]) {
    const faults = await portFaults(places);
    expect([...faults.keys()]).toEqual(['HTTP_PORT', 'ADDRESS']);
    expect(faults.get('HTTP_PORT')).toBe(
      `Port ${taken} on 127.0.0.1 is in use. Set HTTP_PORT to another one (0 picks a free one).`,
    );
  }
});

it('says when two settings ask for the same port', async () => {
  const free = await freePort();
  const faults = await portFaults([
    { variable: 'HTTP_PORT', address: at(free) },
    { variable: 'SERVER_ADDR', address: at(free) },
  ]);
  expect([...faults]).toEqual([
    [
      'SERVER_ADDR',
      `Port ${free} on 127.0.0.1 is asked for by HTTP_PORT already. Set SERVER_ADDR to another one (0 picks a free one).`,
    ],
  ]);
});

it('names the variable that was set, of two that mean the same', async () => {
  const place = { variable: 'HTTP_PORT', otherName: 'BFF_HTTP_PORT', address: at(taken) };
  const toldWith = async (...set: string[]) => [
    ...(await portFaults(placesAsSet([place], (name) => set.includes(name)))).keys(),
  ];
  expect(await toldWith()).toEqual(['HTTP_PORT']);
  expect(await toldWith('HTTP_PORT')).toEqual(['HTTP_PORT']);
  expect(await toldWith('BFF_HTTP_PORT')).toEqual(['BFF_HTTP_PORT']);
  expect(await toldWith('HTTP_PORT', 'BFF_HTTP_PORT')).toEqual(['HTTP_PORT']);
});

it('says when an address is not this machine’s', async () => {
  const faults = await portFaults([{ variable: 'HTTP_PORT', address: at(0, '203.0.113.7') }]);
  expect(faults.get('HTTP_PORT')).toMatch(/no such address/);
});
