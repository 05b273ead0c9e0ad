import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from '@tickfolio/lib/config';
import { isKept } from './stores.js';

/**
 * In the folder of a store: the former databases that were copied into it and are still there, and how those were left.
 */
export const takenOverName = 'taken-over.json';

const noteSchema = z.array(
  z.object({
    name: z.string(),
    /** A hash of what changes whenever somebody opens the database. */
    control: z.string(),
  }),
);
export type TakenOver = z.output<typeof noteSchema>[number];

/** @returns none where there is no note, undefined where there is one that says nothing */
export const readTakenOver = (folder: string): TakenOver[] | undefined => {
  const file = join(folder, takenOverName);
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  try {
    return noteSchema.safeParse(JSON.parse(text)).data;
  } catch (err) {
    if (err instanceof SyntaxError) return undefined; // An empty one is no JSON.
    throw err;
  }
};

/** Changes whenever somebody opens the database. */
export const controlOf = (folder: string): string | undefined => {
  const file = join(folder, 'data/global/pg_control');
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : undefined;
};

/**
 * Stores of a data folder whose contents lie in another one by now: no part of a backup, unless an earlier build has
 * changed them since, or nobody can tell.
 */
export const takenOverIn = (dataFolder: string): ReadonlySet<string> =>
  new Set(
    readdirSync(dataFolder)
      // A copy that stopped, or was set aside, is in no backup, so what was copied into it has to be.
      .filter(isKept)
      .flatMap((name) =>
        (readTakenOver(join(dataFolder, name)) ?? [])
          .filter((former) => [undefined, former.control].includes(controlOf(join(dataFolder, former.name))))
          .map((former) => former.name),
      ),
  );
