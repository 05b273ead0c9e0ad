import type { Clock } from '@tickfolio/client/clock';

/** What keys do: one key, or two one after the other with a blank between them, such as `g h`. */
export type KeyBindings = Readonly<Record<string, () => void>>;

/** So long the first of two keys waits for the second. */
export const sequenceMs = 1_500;

/** @returns takes a key; true where it did something or may begin something */
export const createKeySequences = (
  clock: Pick<Clock, 'monotonic'>,
  bindings: () => KeyBindings,
): ((key: string) => boolean) => {
  let first: { readonly key: string; readonly atMs: number } | undefined;
  return (key) => {
    const known = bindings();
    const begun = first && clock.monotonic() - first.atMs <= sequenceMs ? `${first.key} ${key}` : undefined;
    first = undefined;
    const run = (begun === undefined ? undefined : known[begun]) ?? known[key];
    if (run) {
      run();
      return true;
    }
    if (!Object.keys(known).some((keys) => keys.startsWith(`${key} `))) return false;
    first = { key, atMs: clock.monotonic() };
    return true;
  };
};
