/**
 * How much is tried is a setting. `.ci/run` takes a share with the seed of the day, `make long` all of it.
 * `SEEDS` drawn histories of a model, `KILLS` ends with -9, `ROUNDS` or `MINUTES` of faults.
 */
export type Count = 'SEEDS' | 'KILLS' | 'ROUNDS' | 'MINUTES';

/** What chance is drawn from: the same seed tries the same again. */
export const seed = process.env.SEED ?? '1';

/** @throws Error where the setting is no whole number above 0 */
export const countOf = (name: Count, byDefault: number): number => {
  const text = process.env[name];
  if (text === undefined || text === '') return byDefault;
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`${name} must be a whole number above 0, not "${text}"`);
  return Number(text);
};

/** For a model: so many histories in every run, more where `SEEDS` asks for more. */
export const seedsOf = (everyRun: number): number => Math.max(everyRun, countOf('SEEDS', everyRun));
