/** A folder on whose disk is written. */
export interface WatchedFolder {
  /** For people, after "the disk of". */
  readonly name: string;
  /** Links are followed; it need not be there yet. */
  readonly path: string;
  /** What comes of a full disk, in words. */
  readonly danger: string;
}

/** Looks at a folder's disk, at once and from now on. @returns ends that */
export type WatchFolder = (folder: WatchedFolder) => () => void;
