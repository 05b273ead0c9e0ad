import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { asyncApi } from '@tickfolio/api/asyncapi';
import { findPython, pythonClient } from '@tickfolio/lib/kit/python';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, readScenarios } from './kit/scenario.js';
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
try:
    decimal_text(0.1)
except TypeError:
    pass
else:
    raise SystemExit("a float was taken")
`;

let server: ScenarioServer;
/** What each client showed, by kind and scenario; undefined where there is no Python. */
let shown: ReadonlyMap<string, Outcome> | undefined;
beforeAll(async () => {
  server = await startScenarioServer(scenarios);
  const python = await findPython();
  if (python === undefined) return;
  const player = spawn(python, [join(pythonClient, 'tests/play.py')], {
    env: { PATH: process.env.PATH, PYTHONPATH: pythonClient, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: hangingMs,
  });
  for (const [name, scenario] of scenarios) {
    const urls = Object.fromEntries(kinds.map((kind) => [kind, server.urlOf(name, kind)]));
    player.stdin.write(`${JSON.stringify({ name, urls, scenario })}\n`);
  }
  player.stdin.end();
  const lines = (await text(player.stdout)).split('\n').filter(Boolean);
  const outcomes = lines.map((line) => JSON.parse(line) as Outcome & { name: string; kind: string });
  shown = new Map(outcomes.map(({ name, kind, ...outcome }) => [`${kind} ${name}`, outcome]));
}, 2 * hangingMs);
afterAll(() => server.close());

describe.each(kinds)('a client in Python (%s)', (kind) => {
  it.each([...scenarios].map(([name, scenario]) => ({ name, scenario, about: scenario.about })))(
    '$name: $about',
    ({ name, scenario }) => {
      if (!shown) return; // Told at the start.
      const { frames = [], ...outcome } = scenario.outcome;
      const all = { ...shown.get(`${kind} ${name}`), seen: server.seenOf(name, kind) };
      expect(all).toMatchObject({ frames, ...outcome });
      for (const end of ['problem', 'stopped'] as const) expect(end in all, end).toBe(end in outcome);
    },
  );
});

it('the client in Python keeps every digit, both ways, and takes no float', async () => {
  const python = await findPython();
  if (python === undefined) return;
  const env = { ...process.env, PYTHONPATH: pythonClient, PYTHONDONTWRITEBYTECODE: '1' };
  await expect(promisify(execFile)(python, ['-c', claims], { env })).resolves.toMatchObject({ stderr: '' });
});

it('the client in Python knows the close codes that the server has', () => {
  const known: unknown = JSON.parse(readFileSync(join(pythonClient, 'tickfolio/close_codes.json'), 'utf8'));
  expect(known).toEqual(asyncApi().channels.live['x-close-codes']);
});
