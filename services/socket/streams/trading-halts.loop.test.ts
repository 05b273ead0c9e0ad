import { startExchangeSim } from '@tickfolio/exchange-sim/app';
import { systemClock } from '@tickfolio/lib/clock';
import { callUnary } from '@tickfolio/lib/grpc';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { it } from 'vitest';
import { startRig } from '../kit/rig.js';

it('has coins that stop trading paused or gone from the list long before that is read again, every ten minutes', async () => {
  const sim = await startExchangeSim(
    { clock: systemClock, log: silentLogger() },
    { symbols: 20, pastDay: false, tradeRate: 40 },
  );
  const rig = await startRig({ wsUrl: sim.url, restUrl: sim.restUrl, limits: { haltedAfterMs: 5_000 } });
  const reader = rig.read('aggTrade', ['btcusdt', 'ethusdt', 'solusdt']);
  const secondsOf = (symbol: string) =>
    new Set(reader.frames.filter(({ s }) => s === symbol).map(({ T }) => Math.floor(Number(T) / 1_000))).size;
  await eventually(
    'known to be traded steadily',
    () => secondsOf('ETHUSDT') >= 33 && secondsOf('SOLUSDT') >= 33,
    90_000,
  );
  sim.faults.add({ kind: 'status', symbol: 'ethusdt', status: 'BREAK' });
  sim.faults.add({ kind: 'delist', symbol: 'solusdt' });
  const listed = async () => {
    const { symbols } = await callUnary(
      rig.client,
      rig.client.listSymbols,
      { knownRevision: '', fresh: false },
      { deadlineMs: 5_000 },
    );
    return ['btcusdt', 'ethusdt', 'solusdt'].map((name) => {
      const found = symbols.find(({ symbol }) => symbol === name);
      return found?.paused ? 'paused' : found?.status;
    });
  };
  await eventually('the list says it', async () => (await listed()).join() === 'TRADING,paused,', 180_000);
  await rig.close();
  await sim.close();
}, 300_000);
