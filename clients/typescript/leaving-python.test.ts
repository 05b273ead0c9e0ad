import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPython, pythonClient } from '@tickfolio/lib/kit/python';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Scenario } from './kit/scenario.js';
import { type ScenarioServer, startScenarioServer } from './kit/scenario-server.js';

const scenarioOf = (socket: NonNullable<Scenario['sockets']>[number]): Scenario => ({
  about: 'One frame, and then none.',
  sockets: [socket],
  client: [],
  outcome: { pauses: [], seen: [] },
});
const amounts = { Quantity: '1.5', Price: '68123.45', Total: '102185.175' };
const times = { PriceTime: '2026-01-27T10:00:00.981Z', PriceReceived: '2026-01-27T10:00:01.004Z' };
const coin = { Symbol: 'btcusdt', Version: 1, ...amounts, ...times, Stale: false };
const largeFrame = { TotalValue: '1', Coins: Array<object>(10_000).fill(coin) };

let server: ScenarioServer;
beforeAll(async () => {
  server = await startScenarioServer(
    new Map([
      ['quiet', scenarioOf([{ frame: '100' }])],
      ['balances', scenarioOf([{ subscribed: true }])],
      ['large', scenarioOf([{ text: JSON.stringify(largeFrame) }])],
    ]),
  );
});
afterAll(() => server.close());

/** A program that waits so long waits for ever. */
const hangingMs = 60_000;

it.each([
  ['interrupted', 'quiet', 'is interrupted by Ctrl-C while it waits for a frame, and by nothing else'],
  ['closed', 'quiet', 'closes its client in the middle of frames, which end without an error'],
  ['closed_async', 'quiet', 'closes its asynchronous client in the middle of frames, which end without an error'],
  ['asked', 'balances', 'asks the server in what it is told by, and is told that it cannot'],
  ['misspelled', 'quiet', 'misspells the address, and has no thread of the client'],
  ['large', 'large', 'shows a portfolio of ten thousand assets'],
])(
  'a program in Python (%s, %s) %s',
  async (name, scenario) => {
    const python = await findPython();
    if (python === undefined) return; // Told at the start.
    const program = [
      '-W',
      'always::ResourceWarning',
      join(pythonClient, 'tests/leaving.py'),
      name,
      server.urlOf(scenario, name),
    ];
    const env = { PATH: process.env.PATH, PYTHONPATH: pythonClient, PYTHONDONTWRITEBYTECODE: '1' };
    const ended = promisify(execFile)(python, program, { env, timeout: hangingMs });
    await expect(ended).resolves.toEqual({ stdout: '', stderr: '' });
  },
  2 * hangingMs,
);
