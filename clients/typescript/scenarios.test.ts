import { createManualClock } from '@tickfolio/lib/clock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Balance, OrderTold } from './bodies.js';
import { createClient } from './client.js';
import { type ClientStep, type Outcome, readScenarios, type Scenario } from './kit/scenario.js';
import { type ScenarioServer, startScenarioServer } from './kit/scenario-server.js';
import { LiveStopped } from './live/live-stopped.js';
import { isProblem } from './session/problem.js';
import type { Tickfolio } from './tickfolio.js';

/** Longer than any silence that a client takes for one. */
const silenceMs = 9_000;

/** Plays a client's part. @returns what it has to show */
const play = async (url: string, { client, random = 0.5 }: Scenario): Promise<Omit<Outcome, 'seen'>> => {
  const clock = createManualClock();
  const [frames, pauses, balances]: [string[], number[], string[]] = [[], [], []];
  const onPause = (ms: number) => {
    pauses.push(ms);
    setImmediate(() => clock.advance(ms));
  };
  // Like a machine that slept: time passes, and nothing happens at its own time meanwhile.
  const idleClock = { ...clock, after: () => ({ cancel: () => undefined }) };
  const t = createClient({ url, WebSocket, onPause }, { clock, idleClock, random: () => random });
  const signIn = (answer: true | { readonly code: string }) => {
    const given = answer === true ? undefined : async ([kind = '']: readonly string[]) => ({ ...answer, kind });
    return t.signIn('alice', 'correct horse battery', given);
  };
  const step = async (what: ClientStep) => {
    if ('signIn' in what) await signIn(what.signIn);
    if ('read' in what) await t.portfolio.read();
    if ('receipt' in what) frames.push((await t.portfolio.receipt()).total);
    if ('add' in what) await t.portfolio.add(...what.add);
    if ('wait' in what) clock.advance(what.wait * 1_000);
    if ('live' in what) await take(t, what.live, what);
    if ('liveUntil' in what) await takeUntil(t, what.liveUntil);
  };
  const take = async (
    from: Tickfolio,
    count: number,
    { silentAfter, signInAfter, portfolioId, balances: tells, orders }: Extract<ClientStep, { live: number }>,
  ) => {
    const onBalance = ({ Asset, Available }: Balance) => void balances.push(`${Asset} ${Available}`);
    const onOrder = ({ Order, LastFill }: OrderTold) =>
      void balances.push(`order ${Order.status} ${LastFill?.Price ?? '-'}`);
    const told = {
      ...(tells ? { onBalance } : {}),
      ...(orders ? { onOrder } : {}),
      ...(tells || orders ? { onResync: () => void balances.push('resync') } : {}),
    };
    let taken = 0;
    for await (const { TotalValue } of from.portfolio.live({ ...told, ...(portfolioId && { portfolioId }) })) {
      frames.push(TotalValue);
      await fetch(`${url}/taken`);
      if (++taken === count) return;
      if (taken === silentAfter) clock.advance(silenceMs);
      if (taken === signInAfter) await signIn(true);
    }
  };
  const takeUntil = async (from: Tickfolio, total: string) => {
    for await (const { TotalValue } of from.portfolio.live()) {
      frames.push(TotalValue);
      if (TotalValue === total) return;
      if (frames.length > 1) continue;
      await fetch(`${url}/taken`);
      await fetch(`${url}/done`);
    }
  };
  const over = { frames, pauses, balances };
  try {
    for (const what of client) await step(what);
    return over;
  } catch (thrown) {
    if (thrown instanceof LiveStopped) return { ...over, stopped: thrown.code };
    if (!isProblem(thrown)) throw thrown;
    const { status, reason, retryAfterMs, reasons } = thrown;
    const fields = Object.fromEntries(reasons);
    return { ...over, problem: { status, reason, fields, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } };
  } finally {
    t.close();
  }
};

const scenarios = readScenarios();
let server: ScenarioServer;
beforeAll(async () => {
  server = await startScenarioServer(scenarios);
});
afterAll(() => server.close());

describe('a client in TypeScript', () => {
  it.each([...scenarios].map(([name, scenario]) => ({ name, scenario, about: scenario.about })))(
    '$name: $about',
    async ({ name, scenario }) => {
      const { frames = [], balances = [], ...outcome } = scenario.outcome;
      const shown = await play(server.urlOf(name, 'typescript'), scenario);
      const all = { ...shown, seen: server.seenOf(name, 'typescript') };
      expect(all).toMatchObject({ frames, balances, ...outcome });
      expect(Object.keys(all).filter((key) => key === 'problem' || key === 'stopped')).toEqual(
        Object.keys(outcome).filter((key) => key === 'problem' || key === 'stopped'),
      );
    },
  );
});
