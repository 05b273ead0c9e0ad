import { median } from './latencies.js';

/** One way to do a piece of work, to be compared with others. */
export interface Contestant {
  readonly name: string;
  /** Does the work a fixed number of times. @returns something above 0 */
  run(): number;
  /** How many pieces of work one `run` does. */
  readonly pieces: number;
}

const rounds = 7;
let sink = 0;

/** Runs for about `ms`. @returns pieces of work a second */
const runFor = ({ run, pieces }: Contestant, ms: number): number => {
  const startedAt = performance.now();
  let runs = 0;
  let elapsedMs = 0;
  do {
    sink = run();
    runs += 1;
    elapsedMs = performance.now() - startedAt;
  } while (elapsedMs < ms);
  return (runs * pieces * 1_000) / elapsedMs;
};

/**
 * Lets the contestants run in turn, several rounds, so that a busy moment of the machine hits all of them alike.
 * @param seconds of each contestant, all rounds together
 * @returns pieces of work a second of each, the median of the rounds; the first round only warms up
 */
export const contest = (contestants: readonly Contestant[], seconds: number): Map<string, number> => {
  const roundMs = (seconds * 1_000) / (rounds + 1);
  const rates = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const contestant of contestants) {
      const rate = runFor(contestant, roundMs);
      if (round > 0) rates.get(contestant.name)?.push(rate);
    }
  }
  if (!(sink > 0)) throw new Error('nothing was computed');
  return new Map([...rates].map(([name, values]) => [name, median(values)]));
};
