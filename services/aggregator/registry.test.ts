import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { createRegistry, type RegistryOptions, registryDefaults } from './registry.js';

const build = (options: Partial<RegistryOptions> = {}) => {
  const clock = createManualClock();
  const told: string[][] = [];
  const registry = createRegistry(clock, () => told.push([...registry.symbols()].sort()), { ...registryDefaults, ...options });
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

  it('refuses past its bounds and changes nothing then', () => {
    const { registry } = build({ maxHolders: 2, maxHolds: 4, maxSymbols: 3 });
    registry.replace('a', new Set(['x', 'y']));
    expect(() => registry.replace('b', new Set(['x', 'y', 'z']))).toThrow('subscriptions');
    expect(() => registry.replace('a', new Set(['p', 'q']))).toThrow('symbols');
    registry.hold('b', 'x');
    expect(() => registry.hold('c', 'x')).toThrow('holders');
    expect(registry.holds).toBe(3);
    expect([...registry.symbols()].sort()).toEqual(['x', 'y']);
  });

  it('lets nothing run after it was closed', () => {
    const { clock, registry } = build();
    registry.hold('a', 'x');
    registry.release('a', 'x');
    registry.close();
    expect(clock.pending).toBe(0);
  });
});
