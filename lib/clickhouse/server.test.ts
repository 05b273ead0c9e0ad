import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.js';
import { startTestClickHouse, type TestClickHouse } from '../kit/clickhouse.js';
import { freePort } from '../kit/free-port.js';
import { silentLogger } from '../telemetry/telemetry.js';
import { describeClickHouse } from './clickhouse.contract.js';
import type { ClickHouse } from './clickhouse.js';
import { openServerClickHouse } from './server.js';

const password = 'only-for-tests';
let server: TestClickHouse;
beforeAll(async () => {
  // Far from UTC, so that a time that is read in the server's zone does not go unnoticed.
  server = await startTestClickHouse({ password, zone: 'America/New_York' });
});
afterAll(() => server?.close());

const open = (changes: Partial<Parameters<typeof openServerClickHouse>[0]> = {}): ClickHouse =>
  openServerClickHouse({
    address: server.address,
    user: 'default',
    password,
    clock: systemClock,
    log: silentLogger(),
    ...changes,
  });

describeClickHouse('server', async () => open());

describe('a clickhouse server', () => {
  it('need not be there when it is opened', async () => {
    const clickhouse = open({ address: { host: '127.0.0.1', port: await freePort() } });
    expect(await clickhouse.check()).toMatch(/cannot be reached: .*ECONNREFUSED/);
    await expect(clickhouse.insert('a.b', ['id'], [[1]])).rejects.toMatchObject({ code: 'unavailable' });
    await clickhouse.close();
  });

  it('refuses a wrong password as such', async () => {
    const clickhouse = open({ password: 'wrong' });
    await expect(clickhouse.query('SELECT 1')).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await clickhouse.check()).toMatch(/Authentication failed/);
    await clickhouse.close();
  });

  it('is unavailable while it is down, works again after its restart, and has kept every acknowledged row', async () => {
    const clickhouse = open();
    await clickhouse.command('CREATE DATABASE kept');
    await clickhouse.command('CREATE TABLE kept.numbers (n UInt32) ENGINE = MergeTree ORDER BY n');
    let acknowledged = 0;
    const insert = async (n: number) => {
      await clickhouse.insert('kept.numbers', ['n'], [[n]]);
      acknowledged++;
    };
    for (let n = 0; n < 5; n++) await insert(n);
    const broken = Array.from({ length: 5 }, (_, n) =>
      insert(100 + n).then(
        () => 'stored',
        (err: { code: string }) => err.code,
      ),
    );
    await server.kill();
    expect(new Set([...(await Promise.all(broken)), 'stored', 'unavailable'])).toEqual(
      new Set(['stored', 'unavailable']),
    );
    await expect(clickhouse.query('SELECT 1')).rejects.toMatchObject({ code: 'unavailable' });
    await server.restart();
    expect(await clickhouse.check()).toBeUndefined();
    const [kept] = await clickhouse.query<{ n: string }>('SELECT count() AS n FROM kept.numbers');
    expect(Number(kept?.n)).toBeGreaterThanOrEqual(acknowledged);
    await clickhouse.close();
  });

  it('that hangs is given up in time', async () => {
    const clickhouse = open();
    expect(await clickhouse.check()).toBeUndefined();
    server.freeze();
    try {
      await expect(clickhouse.insert('kept.numbers', ['n'], [[7]], { timeoutMs: 200 })).rejects.toMatchObject({
        code: 'deadline_exceeded',
      });
    } finally {
      server.thaw();
    }
    await clickhouse.close();
  });

  it('that answers nonsense is unavailable', async () => {
    const sockets = new Set<Socket>();
    const liar = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('data', () =>
        socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 20\r\n\r\n<html>sorry</html>\r\n'),
      );
    });
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
    const bound = liar.address();
    const clickhouse = open({
      address: { host: '127.0.0.1', port: bound !== null && typeof bound === 'object' ? bound.port : 0 },
    });
    await expect(clickhouse.insert('a.b', ['id'], [[1]])).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('sorry'),
    });
    await clickhouse.close();
    for (const socket of sockets) socket.destroy();
    liar.close();
  });
});
