import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A change of a file that is there already, and why it cannot be without. */
export interface Edit {
  readonly path: string;
  readonly why: string;
  /** What is put where: behind a text of the file, or before one. */
  readonly put: readonly Insertion[];
}
type Insertion = { readonly after: string; readonly text: string } | { readonly before: string; readonly text: string };

const inserted = (path: string, text: string, insertion: Insertion): string => {
  const anchor = 'after' in insertion ? insertion.after : insertion.before;
  const at = text.indexOf(anchor);
  if (at < 0)
    throw new Error(
      `${path} has changed: there is no\n${anchor}\nbeside which the trial service is put. Mend tidy/trial-service.`,
    );
  const place = 'after' in insertion ? at + anchor.length : at;
  return text.slice(0, place) + insertion.text + text.slice(place);
};

/** @throws Error naming a file that does not look as it did any more */
export const apply = (folder: string, { path, put }: Edit): void => {
  const file = join(folder, path);
  writeFileSync(
    file,
    put.reduce((text, insertion) => inserted(path, text, insertion), readFileSync(file, 'utf8')),
  );
};
