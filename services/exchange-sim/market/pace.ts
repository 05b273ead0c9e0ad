import type { Random } from './random.js';

/** How lively trading is right now: mostly normal, at times a burst or a quiet spell. */
export interface Pace {
  /** Factor on the normal rate at `timeMs`, which must not go back. */
  at(timeMs: number): number;
}

export interface Spells {
  readonly burst: { readonly chance: number; readonly factor: number; readonly maxMs: number };
  readonly quiet: { readonly chance: number; readonly factor: number; readonly maxMs: number };
  readonly normalMs: number;
}

export const symbolSpells: Spells = {
  burst: { chance: 0.14, factor: 5, maxMs: 8_000 },
  quiet: { chance: 0.16, factor: 0.15, maxMs: 40_000 },
  normalMs: 90_000,
};
export const marketSpells: Spells = {
  burst: { chance: 0.25, factor: 2.5, maxMs: 6_000 },
  quiet: { chance: 0.2, factor: 0.4, maxMs: 30_000 },
  normalMs: 60_000,
};

export const createPace = (spells: Spells, random: Random): Pace => {
  let factor = 1;
  let untilMs = 0;
  return {
    at: (timeMs) => {
      if (timeMs < untilMs) return factor;
      const kind = random.next();
      const { burst, quiet, normalMs } = spells;
      let lengthMs = normalMs;
      factor = 1;
      if (kind < burst.chance) {
        factor = burst.factor;
        lengthMs = burst.maxMs;
      } else if (kind < burst.chance + quiet.chance) {
        factor = quiet.factor;
        lengthMs = quiet.maxMs;
      }
      untilMs = timeMs + lengthMs * (0.2 + 0.8 * random.next());
      return factor;
    },
  };
};
