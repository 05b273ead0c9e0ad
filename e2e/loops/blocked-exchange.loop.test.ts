import { join } from 'node:path';
import { type ExchangeSim, startExchangeSim } from '@tickfolio/exchange-sim/app';
import { systemClock } from '@tickfolio/lib/clock';
import { makeTestCertificates, type TestCertificates } from '@tickfolio/lib/kit/certificates';
import { startProcess, type TestProcess } from '@tickfolio/lib/kit/process';
import { startTestProxy, startTestTls, type TestProxy } from '@tickfolio/lib/kit/proxy';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { allInOneEnv, coldStartMs } from '../kit/all-in-one.js';
import { signUp } from '../kit/client.js';

// The compiled run at the exchange's own addresses, which a company's proxy alone can reach; behind it stands the
// simulator.

let sim: ExchangeSim;
let certificates: TestCertificates;
let proxy: TestProxy;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: TestProcess | undefined;
const opened: { close(): unknown }[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  certificates = makeTestCertificates();
  sim = await startExchangeSim({ clock: systemClock, log: silentLogger() });
  const rest = await startTestTls(sim.port, certificates.made('api.binance.com', 1));
  const streams = await startTestTls(sim.port, certificates.made('stream.binance.com', 1));
  proxy = await startTestProxy({
    places: {
      'api.binance.com:443': rest.port,
      'stream.binance.com:9443': streams.port,
      'stream.binance.com:443': streams.port,
    },
    credentials: 'me@company:s3cret',
  });
  opened.push(rest, streams, proxy);
});
afterEach(async () => {
  await run?.end('SIGTERM');
  run = undefined;
  proxy.refuse = undefined;
});
afterAll(async () => {
  for (const one of opened) await one.close();
  await sim.close();
  certificates.remove();
  await folder.remove();
});

const start = (more: Record<string, string>): TestProcess => {
  const env = {
    PRICE_SOURCE: 'binance',
    NODE_EXTRA_CA_CERTS: join(certificates.folder, 'ca.crt'),
    HTTPS_PROXY: `http://me%40company:s3cret@127.0.0.1:${proxy.port}`,
    ...more,
  };
  run = startProcess(
    process.execPath,
    ['--enable-source-maps', 'standalone/dist/bundle/main.js'],
    allInOneEnv(folder.path, env),
  );
  return run;
};
const banner = async (one: TestProcess) => {
  const [, base = ''] = await one.waitFor(/(http:\/\/[\w.:]+)\/docs/, coldStartMs);
  await one.waitFor(/Ctrl-C stops it/, 30_000);
  const ready = async () => (await (await fetch(`${base}/ready`)).json()) as Readonly<Record<string, unknown>>;
  return { base, ready, prices: /Prices +(.*)/.exec(one.output())?.[1] };
};

describe('the exchange behind the proxy of a company', () => {
  it('gives live prices, REST and streams alike, to whoever names the proxy; nothing inside goes through it', async () => {
    const one = start({});
    const { base, ready, prices } = await banner(one);
    expect(prices).toBe('SIMULATED, not real: https://api.binance.com is a simulator');
    await one.waitFor(/First live price after .* USDT \(simulated\)\n/, 60_000);
    await expect.poll(ready).toMatchObject({ exchangeStreams: 'wss://stream.binance.com:9443' });
    const person = await signUp(base);
    expect((await person.addCoin('btcusdt', '1')).status).toBe(200);
    const socket = await person.connect();
    await socket.frame((frame) => frame.Coins.every(({ Price }) => Price !== null), 60_000, 0);
    socket.close();
    await expect.poll(async () => Math.abs(Number((await ready()).clockOffsetMs ?? Number.NaN))).toBeLessThan(1_000);
    expect(proxy.asked.filter((target) => !target.includes('binance.com'))).toEqual([]);
    expect(one.output()).not.toContain('s3cret');
  });

  it('is found at port 443 where the proxy lets nothing else through, also when the variables are in lower case', async () => {
    proxy.refuse = (target) => (target.endsWith(':9443') ? 403 : undefined);
    const through = `http://me%40company:s3cret@127.0.0.1:${proxy.port}`;
    const one = start({ HTTPS_PROXY: '', https_proxy: through, http_proxy: through });
    const { ready } = await banner(one);
    await one.waitFor(/First live price after .* USDT \(simulated\)\n/, 60_000);
    expect(one.output()).toContain("the exchange's stream port 9443 does not answer; its port 443 is used instead");
    await expect.poll(ready).toMatchObject({ exchangeStreams: 'wss://stream.binance.com:443' });
  });

  it('shows no old price as live where its streams are closed and nothing else is allowed', async () => {
    proxy.refuse = (target) => (target.startsWith('stream.') ? 403 : undefined);
    const one = start({});
    await one.waitFor(
      /No live price yet: the exchange answers over https, but neither of its stream ports 9443 and 443 does .* It is still/,
      30_000,
    );
    expect(one.output()).not.toMatch(/First live price|live from/);
    const { ready } = await banner(one);
    await expect.poll(ready).toMatchObject({
      dependencies: { 'exchange-streams': { status: 'down', reason: expect.stringContaining('neither of') } },
    });
  });
});
