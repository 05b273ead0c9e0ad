import { createManualClock } from '@tickfolio/lib/clock';
import { until } from '@tickfolio/lib/kit/wait-until';
import { createMetrics } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { createFakePortfolios } from '../kit/portfolio.js';
import type { Asker } from './portfolio-client.js';
import { createTurnMetrics } from './turn-metrics.js';
import { withUserTurns } from './user-turns.js';

const of = (userId: string): Asker => ({ userId, simulated: false, requestId: 'r' });
const given = (key: string) => ({ portfolioId: 'p', asset: 'USDT', quantity: '1', idempotencyKey: key });

it('a burst of one user is funded one after the other, keeps nobody else waiting, and is refused where it takes too long, and operators see it', async () => {
  const clock = createManualClock();
  const { client } = createFakePortfolios();
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const slow = {
    ...client,
    fund: async (asker: Asker, { asset, idempotencyKey }: ReturnType<typeof given>) => {
      begun.push(`${asker.userId} ${idempotencyKey}`);
      await new Promise<void>((resolve) => ends.push(resolve));
      return { asset, available: '1', reserved: '0', version: 1 };
    },
  };
  const metrics = createMetrics('bff');
  const shown = async () => {
    const text = await metrics.text();
    const of = (name: string) => Number(new RegExp(`^tickfolio_bff_${name} (\\S+)$`, 'm').exec(text)?.[1]);
    return [of('changes_waiting'), of('changes_waiting_age_seconds'), of('changes_refused_total')];
  };
  const turns = withUserTurns(slow, clock, createTurnMetrics(metrics, clock));
  const burst = ['1', '2', '3'].map((key) => turns.fund(of('a'), given(key)));
  const other = turns.fund(of('b'), given('1'));
  await until(() => begun.length === 2);
  expect(begun).toEqual(['a 1', 'b 1']);
  clock.advance(2_500);
  expect(await shown()).toEqual([2, 2.5, 0]);
  for (const end of ends.splice(0)) end();
  await Promise.all([burst[0], other]);
  await until(() => begun.length === 3);
  const refused = expect(burst[2]).rejects.toMatchObject({ code: 'resource_exhausted' });
  clock.advance(7_500);
  await refused;
  expect(await shown()).toEqual([0, 0, 1]);
  for (const end of ends.splice(0)) end();
  expect(await burst[1]).toMatchObject({ asset: 'USDT' });
  expect(begun).toEqual(['a 1', 'b 1', 'a 2']);
  expect(await metrics.text()).toMatch(/change_wait_seconds_count 4/);
});

it('transfers at once look at their portfolios in turn, so that a burst leaves room for what others read', async () => {
  const { client } = createFakePortfolios();
  const ends: (() => void)[] = [];
  let [begun, moved] = [0, 0];
  const paper = { ...(await client.get(of('a'), 'default')), kind: 'paper' };
  const slow = {
    ...client,
    get: async () => {
      begun += 1;
      await new Promise<void>((resolve) => ends.push(resolve));
      return paper;
    },
    transfer: async () => ({ id: String(++moved), fromVersion: 2, toVersion: 3 }),
  };
  const turns = withUserTurns(slow, createManualClock());
  const amount = { asset: 'USDT', quantity: '1', networkFee: '', idempotencyKey: 'k' };
  const burst = Array.from({ length: 3 }, () =>
    turns.transfer(of('a'), { fromPortfolioId: 'p', toPortfolioId: 'q', ...amount }),
  );
  for (const seen of [2, 4, 6]) {
    await until(() => ends.length === 2);
    expect([begun, moved]).toEqual([seen, seen / 2 - 1]);
    for (const end of ends.splice(0)) end();
  }
  expect(await Promise.all(burst)).toHaveLength(3);
});
