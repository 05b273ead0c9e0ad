import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Frame, faultOf, pricedSince } from './client/frame.js';
import { runCommand } from './docker/command.js';
import { victims } from './proof/victims.js';
import { ownSettings, settingsFile } from './stack/settings.js';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

it('every service and server of compose.yaml is killed in turn, but for the web UIs', () => {
  const { services } = parse(read('compose.yaml'), { merge: true, maxAliasCount: -1 }) as {
    services: Record<string, { profiles?: string[] }>;
  };
  const parts = Object.entries(services).filter(([, { profiles = [] }]) => !profiles.includes('tools'));
  expect(victims.map(({ name }) => name).sort()).toEqual(parts.map(([name]) => name).sort());
});

const frame = (total: string, sum: string): Frame => ({
  TotalValue: sum,
  Coins: [
    { Symbol: 'btcusdt', Quantity: '0.1', Price: '0.2', Total: total, PriceTime: '2026-01-27T10:00:01.000Z' },
    {
      Symbol: 'ethusdt',
      Quantity: '3',
      Price: '0.00000001',
      Total: '0.00000003',
      PriceTime: '2026-01-27T10:00:00.000Z',
    },
  ],
});

it('a total that is off by any digit is seen', () => {
  expect(faultOf(frame('0.02', '0.02000003'))).toBeUndefined();
  expect(faultOf(frame('0.020000000000000004', '0.02000003'))).toContain('btcusdt');
  expect(faultOf(frame('0.02', '0.020000030000000001'))).toContain('the sum is');
});

it('a frame is as fresh as its oldest price', () => {
  const whole = frame('0.02', '0.02000003');
  expect(pricedSince(whole)).toBe(Date.parse('2026-01-27T10:00:00.000Z'));
  expect(
    pricedSince({
      ...whole,
      Coins: [...whole.Coins, { Symbol: 'x', Quantity: '1', Price: null, Total: null, PriceTime: null }],
    }),
  ).toBe(undefined);
});

it('a run of its own takes new secrets, and free ports that no other run looks for', async () => {
  const example = '# words\nJWT_SECRET=published\nBFF_PORT=8080\nKAFKA_PORT=9092\nLOG_LEVEL=info\n';
  const settings = await ownSettings(example);
  expect(settings.JWT_SECRET).toMatch(/^[0-9a-f]{32,}$/);
  const ports = [Number(settings.BFF_PORT), Number(settings.KAFKA_PORT)];
  expect(new Set(ports).size).toBe(2);
  for (const port of ports) {
    // Neither documented nor among those that outgoing connections are given.
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
    const server = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
    server.close();
  }
  expect(settingsFile(settings)).toContain('LOG_LEVEL=info\n');
});

describe('a program that is run', () => {
  const options = { cwd: '/', env: process.env, withinMs: 10_000 };
  it('gives what it writes, or fails with its last words', async () => {
    expect(await runCommand('sh', ['-c', 'echo good; echo aside >&2'], options)).toBe('good\n');
    await expect(runCommand('sh', ['-c', 'echo why >&2; exit 3'], options)).rejects.toThrow(/ended with 3\nwhy$/);
    await expect(runCommand('no-such-program', [], options)).rejects.toThrow('ENOENT');
  });
  it('ends with its children when its time is over, or the run is', async () => {
    await expect(runCommand('sh', ['-c', 'sleep 30; true'], { ...options, withinMs: 200 })).rejects.toThrow(
      'took longer than 200 ms',
    );
    const run = new AbortController();
    const running = runCommand('sh', ['-c', 'sleep 30; true'], { ...options, signal: run.signal });
    run.abort();
    await expect(running).rejects.toThrow('SIGKILL');
    await expect(runCommand('sh', ['-c', 'true'], { ...options, signal: run.signal })).rejects.toThrow(
      'the run was ended',
    );
  });
});
