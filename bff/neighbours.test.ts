import { systemClock } from '@tickfolio/lib/clock';
import { readConfig, z } from '@tickfolio/lib/config';
import type { Neighbour } from '@tickfolio/lib/grpc';
import { createMetrics } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { neighbourSettings, neighbourTargets } from './neighbour-settings.js';
import { createNeighbours, type NeighbourClient } from './neighbours.js';

const targetsIn = (env: NodeJS.ProcessEnv) => neighbourTargets(readConfig('bff', z.object(neighbourSettings), env));

/** Neighbours, and what became of each client of them. */
const setUp = () => {
  const events: string[] = [];
  const metrics = createMetrics('bff');
  const neighbours = createNeighbours(
    { clock: systemClock, metrics, observeCircuit: () => () => undefined },
    targetsIn({ AUTH_SERVICE_ADDR: 'accounts.example:7000' }),
  );
  const makerOf =
    (words: string) =>
    ({ target }: Neighbour): NeighbourClient => {
      events.push(`${words} to ${target}`);
      return { check: async () => undefined, close: () => void events.push(`${words} closed`) };
    };
  return { neighbours, makerOf, events };
};

describe('the services that the gateway calls', () => {
  it('are where their settings say, and otherwise where they are called in their containers', () => {
    expect(targetsIn({}).auth).toBe('authorization-service:50051');
    expect(targetsIn({ AUTH_SERVICE_ADDR: '[::1]:7000' }).auth).toBe('[::1]:7000');
  });
  it('have one client for all domains that need it, closed once with the gateway', () => {
    const { neighbours, makerOf, events } = setUp();
    const [tokens, profiles] = [makerOf('tokens'), makerOf('profiles')];
    const first = neighbours.client('auth', tokens);
    expect(neighbours.client('auth', tokens)).toBe(first);
    expect(neighbours.client('auth', profiles)).not.toBe(first);
    neighbours.close();
    neighbours.close();
    expect(events).toEqual([
      'tokens to accounts.example:7000',
      'profiles to accounts.example:7000',
      'tokens closed',
      'profiles closed',
    ]);
  });
});
