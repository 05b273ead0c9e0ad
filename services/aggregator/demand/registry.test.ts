import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { createRegistry, type RegistryOptions, registryDefaults } from './registry.js';

const build = (options: Partial<RegistryOptions> = {}) => {
  const clock = createManualClock();
  const told: string[][] = [];
  const registry = createRegistry(clock, () => told.push([...registry.symbols()].sort()), {
    ...registryDefaults,
    ...options,
  });
  return { clock, registry, told };
};

describe('the registry', () => {
  it('gathers changes for a moment and tells them once', () => {
    const { clock, registry, told } = build();
    registry.hold('a', 'x');
    registry.hold('b', 'y');
    registry.replace('c', new Set(['x', 'z']));
    expect(told).toEqual([]);
    clock.advance(50);
    expect(told).toEqual([['x', 'y', 'z']]);
  });

  it('keeps a symbol until its last holder left, and 5 s longer', () => {
    const { clock, registry, told } = build();
    registry.hold('a', 'x');
    registry.hold('b', 'x');
    registry.hold('b', 'x');
    clock.advance(50);
    registry.release('b', 'x');
    registry.release('b', 'x');
    clock.advance(60_000);
    expect(told).toEqual([['x']]);
    registry.release('a', 'x');
    clock.advance(4_999);
    expect([...registry.symbols()]).toEqual(['x']);
    clock.advance(60);
    expect(told).toEqual([['x'], []]);
  });

  it('says nothing when a symbol is wanted again in time', () => {
    const { clock, registry, told } = build();
    registry.replace('a', new Set(['x']));
    clock.advance(50);
    registry.replace('a', new Set());
    clock.advance(4_000);
    registry.replace('b', new Set(['x']));
    clock.advance(60_000);
    expect(told).toEqual([['x']]);
  });

  it('counts holders apart, whatever order things come in', () => {
    const { clock, registry } = build();
    registry.replace('a', new Set(['x', 'y']));
    registry.hold('a', 'z');
    registry.replace('a', new Set(['y', 'w']));
    expect(registry.holds).toBe(2);
    registry.release('a', 'w');
    registry.release('nobody', 'y');
    clock.advance(10_000);
    expect([...registry.symbols()]).toEqual(['y']);
    expect(registry.holds).toBe(1);
  });

  it('refuses a single hold past its bounds and changes nothing then', () => {
    const { registry } = build({ maxHolders: 2, maxHolds: 4, maxSymbols: 3 });
    registry.replace('a', new Set(['x', 'y']));
    registry.hold('b', 'z');
    expect(() => registry.hold('b', 'w')).toThrow('No more than 3 symbols');
    expect(() => registry.hold('c', 'x')).toThrow('No more than 2 holders');
    expect(() => registry.replace('c', new Set(['x']))).toThrow('holders');
    registry.hold('b', 'x');
    expect(() => registry.hold('b', 'y')).toThrow('No more than 4 subscriptions');
    expect(registry.holds).toBe(4);
    expect([...registry.symbols()].sort()).toEqual(['x', 'y', 'z']);
  });

  it('of a set past its bounds takes what fits: what is held first, then what is followed, then the rest in its order', () => {
    const { registry, clock } = build({ maxSymbols: 4 });
    registry.hold('a', 'm');
    expect(registry.replace('b', new Set(['p', 'q']))).toEqual(new Map());
    const wanted = ['r', 's', 'q', 'm', 'p', 't'];
    const refused = new Map(['s', 't'].map((symbol) => [symbol, 'No more than 4 symbols are kept.']));
    for (let i = 0; i < 3; i++) {
      expect(registry.replace('b', new Set(wanted))).toEqual(refused);
      expect(registry.replace('b', new Set(wanted.toReversed()))).toEqual(refused);
    }
    expect([...registry.symbols()].sort()).toEqual(['m', 'p', 'q', 'r']);
    expect(registry.holds).toBe(5);
    // Room is made by what leaves, once it does not linger any more.
    expect(registry.replace('b', new Set(['s', 't', 'q']))).toEqual(refused);
    clock.advance(6_000);
    expect(registry.replace('b', new Set(['s', 't', 'q']))).toEqual(new Map());
    expect([...registry.symbols()].sort()).toEqual(['m', 'q', 's', 't']);
  });

  it('takes what fits also of too many subscriptions', () => {
    const { registry } = build({ maxHolds: 3 });
    registry.hold('a', 'x');
    expect([...registry.replace('b', new Set(['x', 'y', 'z'])).keys()]).toEqual(['z']);
    expect([...registry.replace('b', new Set(['z', 'y', 'x'])).keys()]).toEqual(['z']);
    expect(registry.replace('b', new Set(['z', 'y']))).toEqual(new Map());
    expect(registry.holds).toBe(3);
  });

  it('lets nothing run after it was closed', () => {
    const { clock, registry } = build();
    registry.hold('a', 'x');
    registry.release('a', 'x');
    registry.close();
    expect(clock.pending).toBe(0);
  });
});
