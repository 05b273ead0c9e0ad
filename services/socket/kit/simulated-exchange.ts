import { type ExchangeSim, type ExchangeSimOptions, startExchangeSim } from '@tickfolio/exchange-sim/app';
import { systemClock } from '@tickfolio/lib/clock';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { createLogger } from '@tickfolio/lib/telemetry';
import { afterEach, expect } from 'vitest';
import type { SocketLimits } from '../app.js';
import { type Reader, type Rig, startRig } from './rig.js';

// The service against an exchange that imitates the real one, its limits included.

/** Those of a test that run now; closed after it. A test that starts another one puts it here. */
export interface Running {
  sim?: ExchangeSim | undefined;
  rig?: Rig | undefined;
}

export interface SimulatedExchange {
  readonly running: Running;
  start(simOptions?: ExchangeSimOptions, limits?: Partial<SocketLimits>): Promise<Rig & { readonly sim: ExchangeSim }>;
  /** What the exchange held against the service. */
  offences(): readonly Record<string, unknown>[];
  /** Every id from the first to the last that the simulator made in between, none twice. */
  expectWhole(reader: Reader, symbol: string): void;
}

export const useSimulatedExchange = (): SimulatedExchange => {
  const running: Running = {};
  const simLog: Record<string, unknown>[] = [];
  afterEach(async () => {
    await running.rig?.close();
    await running.sim?.close();
    running.rig = undefined;
    running.sim = undefined;
    simLog.length = 0;
  });
  return {
    running,
    start: async (simOptions = {}, limits = {}) => {
      const log = createLogger('exchange-sim', 'info', (line) =>
        simLog.push(JSON.parse(line) as Record<string, unknown>),
      );
      const sim = await startExchangeSim(
        { clock: systemClock, log },
        { symbols: 20, pastDay: false, warmUpMs: 1_000, ...simOptions },
      );
      const started = await startRig({ wsUrl: sim.url, restUrl: sim.restUrl, limits });
      running.sim = sim;
      running.rig = started;
      await eventually('symbols', () => started.log.some(({ msg }) => msg === 'the symbol list was read'));
      return { ...started, sim };
    },
    offences: () => simLog.filter(({ msg }) => /more messages|does not read|no pong/.test(String(msg))),
    expectWhole: (reader, symbol) => {
      const ids = reader.idsOf(symbol);
      const first = ids[0] ?? 0;
      expect(ids).toEqual(ids.map((_, index) => first + index));
      const made = running.sim?.trades(symbol, first, ids.length) ?? [];
      expect(made.map(({ id }) => id)).toEqual(ids);
    },
  };
};

export const busy = ['btcusdt', 'ethusdt', 'solusdt', 'bnbusdt', 'xrpusdt', 'dogeusdt'];
