import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { asyncApi } from '@tickfolio/api/asyncapi';
import { projectRoot } from '@tickfolio/lib/kit/process';
import { findPython, pythonClient } from '@tickfolio/lib/kit/python';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, readScenarios, type Scenario } from './kit/scenario.js';
import { type ScenarioServer, startScenarioServer } from './kit/scenario-server.js';

const scenarios = readScenarios();
const kinds = ['async', 'sync'] as const;

/** A client that plays so long plays for ever. */
const hangingMs = 150_000;
/** Ends with an error unless it is so. */
const claims = `
from decimal import Decimal
from tickfolio.bodies import decimal_text, with_decimals
assert decimal_text(Decimal("0.00000001")) == "0.00000001"
amount = "12345678901234567890.123456789012345678"
body = with_decimals({"Coins": [{"Symbol": "btcusdt", "Quantity": amount, "Price": None}], "Version": 7})
assert f"{body['Coins'][0]['Quantity']:f}" == amount and body["Coins"][0]["Price"] is None and body["Version"] == 7
assert decimal_text(1) == "1" and decimal_text(10**30) == "1" + 30 * "0"
for other in (0.1, True):
    try:
        decimal_text(other)
    except TypeError:
        pass
    else:
        raise SystemExit(f"{other} was taken")
`;

/** Plays what its input says until that ends. */
const startPlayer = (python: string) =>
  spawn(python, [join(pythonClient, 'tests/play.py')], {
    env: { PATH: process.env.PATH, PYTHONPATH: pythonClient, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: hangingMs,
  });
const lineOf = (name: string, scenario: Scenario): string => {
  const urls = Object.fromEntries(kinds.map((kind) => [kind, server.urlOf(name, kind)]));
  return `${JSON.stringify({ name, urls, scenario })}\n`;
};
/** Without a server a client of it tries for ever. */
const endless: Scenario = {
  about: 'The first frame is the last one.',
  sockets: [[{ frame: '100' }]],
  client: [{ signIn: true }, { live: 2 }],
  outcome: { pauses: [], seen: [] },
};

let server: ScenarioServer;
/** What each client showed, by kind and scenario; undefined where there is no Python. */
let shown: Map<string, Outcome> | undefined;
beforeAll(async () => {
  server = await startScenarioServer(new Map([...scenarios, ['endless', endless]]));
  const python = await findPython();
  if (python === undefined) return;
  const player = startPlayer(python);
  for (const [name, scenario] of scenarios) player.stdin.write(lineOf(name, scenario));
  shown = new Map();
  for await (const line of createInterface(player.stdout)) {
    const { name, kind, ...outcome } = JSON.parse(line) as Outcome & { name: string; kind: string };
    shown.set(`${kind} ${name}`, outcome);
    if (shown.size === scenarios.size * kinds.length) player.stdin.end();
  }
}, 2 * hangingMs);
afterAll(() => server.close());

describe.each(kinds)('a client in Python (%s)', (kind) => {
  it.each([...scenarios].map(([name, scenario]) => ({ name, scenario, about: scenario.about })))(
    '$name: $about',
    ({ name, scenario }) => {
      if (!shown) return; // Told at the start.
      const { frames = [], balances = [], ...outcome } = scenario.outcome;
      const all = { ...shown.get(`${kind} ${name}`), seen: server.seenOf(name, kind) };
      expect(all).toMatchObject({ frames, balances, ...outcome });
      for (const end of ['problem', 'stopped'] as const) expect(end in all, end).toBe(end in outcome);
    },
  );
});

it('a client in Python that plays for a test ends with it, however endless its part is', async () => {
  const python = await findPython();
  if (python === undefined) return;
  const player = startPlayer(python);
  const ended = once(player, 'exit');
  player.stdin.write(lineOf('endless', endless));
  await expect.poll(() => server.seenOf('endless', 'async')).toContain('socket 1');
  player.stdin.end();
  expect(await ended).toEqual([0, null]);
});

it('the client in Python keeps every digit, both ways, and takes no float', async () => {
  const python = await findPython();
  if (python === undefined) return;
  const env = { ...process.env, PYTHONPATH: pythonClient, PYTHONDONTWRITEBYTECODE: '1' };
  await expect(promisify(execFile)(python, ['-c', claims], { env })).resolves.toMatchObject({ stderr: '' });
});

it('the client in Python has the fields that the server answers with, and every amount as a decimal', async () => {
  const python = await findPython();
  if (python === undefined) return;
  const env = { ...process.env, PYTHONPATH: pythonClient, PYTHONDONTWRITEBYTECODE: '1' };
  const served = ['openapi.json', 'asyncapi.json'].map((name) => join(projectRoot, 'api', name));
  const compared = promisify(execFile)(python, [join(pythonClient, 'tests/bodies.py'), ...served], { env });
  await expect(compared).resolves.toEqual({ stdout: '', stderr: '' });
});

it('the client in Python knows the close codes that the server has', () => {
  const known: unknown = JSON.parse(readFileSync(join(pythonClient, 'tickfolio/close_codes.json'), 'utf8'));
  expect(known).toEqual(asyncApi().channels.live['x-close-codes']);
});
