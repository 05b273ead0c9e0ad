import type { Lane } from '../../lane/lane.js';
import type { ChdbEngine, EngineAnswer, EngineStatement } from './engine.js';

/**
 * Runs a statement in its turn, after `prepare` has let it. The caller gets the answer, or its own signal's reason, at
 * once; the lane is free when the engine is.
 */
export const runInLane = (
  engine: ChdbEngine,
  lane: Lane,
  statement: EngineStatement,
  signal?: AbortSignal,
  prepare?: () => Promise<void>,
): Promise<EngineAnswer> =>
  new Promise((resolve, reject) => {
    lane
      .run(async () => {
        await prepare?.();
        const { answer, ended } = engine.run(statement, signal);
        answer.then(resolve, reject);
        await ended;
      }, signal)
      .catch(reject);
  });
