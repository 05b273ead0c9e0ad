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

const busy: Scenario = {
  about: 'Nothing is taken at once.',
  answers: Object.fromEntries(
    ['idempotency-key', 'Idempotency-Key', 'IDEMPOTENCY-KEY'].map((key) => [
      `POST /transfers/${key}`,
      [{ status: 503, retryAfter: 0 }],
    ]),
  ),
  client: [],
  outcome: { pauses: [], seen: [] },
};

let server: ScenarioServer;
beforeAll(async () => {
  server = await startScenarioServer(
    new Map([
      ['quiet', scenarioOf([{ frame: '100' }])],
      ['balances', scenarioOf([{ subscribed: true }])],
      ['busy', busy],
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
  ['closed_in_frames', 'quiet', 'closes its client on another thread than frames are taken on, which end'],
  ['closed_in_calls', 'quiet', 'closes its client while other threads call, which are told'],
  ['closed_in_pauses', 'quiet', 'closes its client while calls of other threads wait to be repeated, which are told'],
  ['called_after_close', 'quiet', 'calls after it closed its client, and is told so in words'],
  ['closed_under_callback', 'balances', 'closes its client while its own function is busy, and waits some seconds'],
  ['told', 'balances', 'gets whatever it raises where it is told of balances'],
  ['asked', 'balances', 'asks the server in what it is told by, and is told that it cannot'],
  ['spelled', 'busy', 'spells the header of its key in any case, and is sent again'],
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

it.each([
  ['replaced', 'is the user whose session it resumed, also where one of another user was being renewed'],
  ['not_resumed', 'stays who it was where a session cannot be resumed'],
  ['away', 'goes on with a token that is still good while nobody can renew it, and renews it later'],
])(
  'a client in Python (%s) %s',
  async (name) => {
    const python = await findPython();
    if (python === undefined) return;
    const env = { PATH: process.env.PATH, PYTHONPATH: pythonClient, PYTHONDONTWRITEBYTECODE: '1' };
    const program = [join(pythonClient, 'tests/sessions.py'), name];
    const ended = promisify(execFile)(python, program, { env, timeout: hangingMs });
    await expect(ended).resolves.toEqual({ stdout: '', stderr: '' });
  },
  2 * hangingMs,
);
