import { StartError } from '../errors/errors.js';

/** Thrown when what an embedded store wrote is not there any more, or not as it was. No further start mends that. */
export class DamagedStoreError extends StartError {
  /** The store's own folder. */
  readonly folder: string;
  /** What is wrong with it, in words. */
  readonly why: string;

  constructor(folder: string, why: string) {
    super(`The embedded store in ${folder} is damaged: ${why}. Nothing of it was removed or repaired.`);
    this.folder = folder;
    this.why = why;
  }
}
