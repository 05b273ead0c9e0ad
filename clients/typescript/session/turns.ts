/** The browser's locks, which all its tabs share; undefined where it has none. */
export type TabLocks = Pick<LockManager, 'request'> | undefined;

/** Does one work after another. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * What changes the cookie happens in turn: in all tabs of the browser where it has locks, else in this tab. Some
 * browsers refuse locks only when they are asked for one.
 */
export const createTurns = (locks: TabLocks): InTurn => {
  let last: Promise<unknown> = Promise.resolve();
  const afterLast: InTurn = (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return async <T>(work: () => Promise<T>) => {
    if (!locks) return afterLast(work);
    let begun: Promise<T> | undefined;
    try {
      return await locks.request('tickfolio.renew', () => {
        begun = work();
        return begun;
      });
    } catch (thrown) {
      if (begun) throw thrown;
      return afterLast(work);
    }
  };
};
