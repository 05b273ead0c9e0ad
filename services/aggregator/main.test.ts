import { createServer } from 'node:net';
import { endProcesses, startProgram } from '@tickfolio/lib/kit/process';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterEach, describe, expect, it } from 'vitest';

// The compiled program, as a deployment starts it; `npm test` builds it first.
const run = (env: NodeJS.ProcessEnv) => startProgram('services/aggregator/dist/main.js', env);
afterEach(endProcesses);

// Nothing listens there: every server is away.
const away = { BROKERS: '127.0.0.1:1', REDIS_ADDR: '127.0.0.1:1', SOCKET_SERVICE_ADDR: '127.0.0.1:1', GRPC_PORT: '0' };

describe('the program', () => {
  it('refuses to start without its servers, naming each', async () => {
    const program = run({ SERVER_ADDR: 'nonsense' });
    expect((await program.ended).code).toBe(1);
    for (const name of ['BROKERS', 'REDIS_ADDR', 'SOCKET_SERVICE_ADDR', 'SERVER_ADDR'])
      expect(program.err()).toContain(name);
    expect(program.out()).toBe('');
  });

  it('serves while every server is away, says so, and ends cleanly on SIGTERM', async () => {
    const program = run({ ...away, SERVER_ADDR: '127.0.0.1:0' });
    const portIn = () => /"port":(\d+)/.exec(program.out())?.[1];
    await eventually('the port', () => portIn() !== undefined);
    const base = `http://127.0.0.1:${portIn()}`;
    expect((await fetch(`${base}/health`)).status).toBe(200);
    const ready = await fetch(`${base}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      simulated: null,
      dependencies: {
        socket: { status: 'down' },
        'price-bus': { status: 'down' },
        'event-log': { status: 'down', required: false },
      },
    });
    expect((await fetch(`${base}/coin?symbol=btcusdt&id=u-1`)).status).toBe(200);
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('tickfolio_aggregator_holds 1');
    expect((await program.end('SIGTERM')).code).toBe(0);
  });

  it('names the variable of a port that is in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const [http, grpc] = [
      run({ ...away, SERVER_ADDR: `127.0.0.1:${port}` }),
      run({ ...away, SERVER_ADDR: '127.0.0.1:0', GRPC_PORT: String(port) }),
    ];
    expect([(await http.ended).code, (await grpc.ended).code]).toEqual([1, 1]);
    expect(http.err()).toContain('SERVER_ADDR');
    expect(grpc.err()).toContain('GRPC_PORT');
    taken.close();
  });
});
