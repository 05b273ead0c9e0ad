import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { StartError } from '../../errors/errors.js';
import { createLogger } from '../../telemetry/telemetry.js';
import { refuseToStart, runProcess } from '../lifecycle.js';

// A process for the lifecycle's tests. Its first argument says how it behaves.
const [behaviour = ''] = process.argv.slice(2);
const log = createLogger('test-process', 'debug');
const never = () => new Promise<void>(() => undefined);
const soon = (run: () => void) => setTimeout(run, 20);

// As Node 22.21 and 24 begin with NODE_USE_ENV_PROXY; nobody listens at port 9.
if (behaviour === 'calls-a-neighbour') {
  const { EnvHttpProxyAgent, setGlobalDispatcher } = await import('undici');
  setGlobalDispatcher(new EnvHttpProxyAgent({ httpProxy: 'http://127.0.0.1:9', noProxy: '' }));
}
if (behaviour === 'refuse') refuseToStart('HTTP_PORT must be a port number');

await runProcess(
  async (life) => {
    if (behaviour === 'start-error') throw new StartError('Port 8080 is in use. Set HTTP_PORT to another one.');
    life.own('first', { close: () => log.info('first closed') });
    life.own('failing', {
      close: async () => {
        if (behaviour === 'failing-close') throw new Error('cannot close');
      },
    });
    if (behaviour === 'start-throws') throw new Error('broken start');
    if (behaviour === 'start-waits') {
      log.info('waiting');
      life.signal.addEventListener('abort', () => log.info('start aborted'), { once: true });
      await never();
    }
    if (behaviour === 'start-breaks-off') {
      log.info('waiting');
      await new Promise<void>((_, reject) => {
        life.signal.addEventListener('abort', () => reject(new StartError('The database is closed.')), { once: true });
      });
    }
    if (behaviour === 'calls-a-neighbour') {
      const neighbour = createHttpServer((_request, response) => response.end('here')).listen(0, '127.0.0.1');
      await new Promise((resolve) => neighbour.once('listening', resolve));
      const { port } = neighbour.address() as AddressInfo;
      log.info(`neighbour: ${await fetch(`http://127.0.0.1:${port}`).then((answer) => answer.text(), String)}`);
      life.finish();
      return;
    }
    if (behaviour === 'idle') {
      log.info('started');
      soon(() => log.info('still here')).unref();
      return;
    }
    const server = createServer().listen(0, '127.0.0.1');
    life.own('last', {
      close: async () => {
        await new Promise((resolve) => server.close(resolve));
        log.info('last closed');
        if (behaviour === 'hang') await never();
        if (behaviour === 'late-throw') soon(() => Promise.reject(new Error('thrown while closing')));
        if (behaviour === 'late-throw') await new Promise((resolve) => setTimeout(resolve, 100));
        if (behaviour === 'chatty')
          for (let i = 0; i < 5_000; i++) log.info({ i, filling: 'x'.repeat(200) }, 'one of many lines');
      },
    });
    if (behaviour === 'throw')
      soon(() => {
        throw new Error('nobody caught this');
      });
    if (behaviour === 'reject') soon(() => void Promise.reject(new Error('nobody caught this')));
    if (behaviour === 'fail') soon(() => life.fail(new Error('the log is gone for good')));
    if (behaviour === 'fail-in-words') soon(() => life.fail(new StartError('The disk is full. Free some of it.')));
    if (behaviour === 'talks') {
      const lines = setInterval(() => {
        log.info('a line');
        process.stdout.write('another line\n');
      }, 5);
      // Some lines more are tried after the first that nobody takes.
      process.stdout.once('error', () =>
        setTimeout(() => {
          clearInterval(lines);
          process.stderr.write('still here\n');
          life.finish();
        }, 100),
      );
    }
    if (behaviour === 'finish') soon(() => life.finish());
    log.info('started');
  },
  { log, shutdownDeadlineMs: behaviour === 'hang' ? 300 : 5_000 },
);
