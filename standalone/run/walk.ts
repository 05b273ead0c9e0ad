import type { Closable } from '@tickfolio/lib/lifecycle';
import type { AnyPart, Run, RunDeps } from './part.js';
import { topicsOf } from './topics.js';

/** What the parts of a run made. */
export interface Walked {
  made<P extends AnyPart>(part: P): Awaited<ReturnType<P['start']>>;
}

/** The run was ended while it was starting: what came now would find everything closed. */
class Ended extends Error {}

const isClosable = (made: unknown): made is Closable =>
  typeof made === 'object' && made !== null && 'close' in made && typeof made.close === 'function';

/**
 * Starts every part as soon as what it needs has been made, beside the others, and has what it made owned: so
 * everything is closed before what it stands on.
 * @returns undefined where the run was ended meanwhile
 * @throws what the first part threw that could not be started; no further one is started then
 */
export const walkParts = async <Config extends object>(
  parts: readonly AnyPart[],
  deps: RunDeps & { readonly config: Config },
): Promise<Walked | undefined> => {
  const topics = () => topicsOf(parts, deps.config);
  const starting = new Map<AnyPart, Promise<unknown>>();
  let fault: { readonly err: unknown } | undefined;
  const begin = async (part: AnyPart): Promise<unknown> => {
    const needs = Object.entries(part.needs).map(async ([as, need]) => [as, await startOf(need)] as const);
    const given = Object.fromEntries(await Promise.all(needs));
    if (fault || deps.signal.aborted) throw new Ended();
    const made = await part.start({ ...deps, soon: startOf, topics } as Run<Config> as never, given as never);
    if (isClosable(made)) deps.own(part.name, made);
    return made;
  };
  const startOf = (part: AnyPart): Promise<unknown> => {
    const started = starting.get(part) ?? begin(part);
    starting.set(part, started);
    started.catch((err: unknown) => {
      if (!(err instanceof Ended)) fault ??= { err };
    });
    return started;
  };
  try {
    await Promise.all(parts.map(startOf));
  } catch {
    // Not what came first here: a part of a part is heard of later than one that was not begun because of it.
    if (fault) throw (fault as { readonly err: unknown }).err;
    return undefined;
  }
  if (deps.signal.aborted) return undefined;
  const results = new Map<AnyPart, unknown>();
  for (const [part, started] of starting) results.set(part, await started);
  return { made: (part) => results.get(part) as never };
};
