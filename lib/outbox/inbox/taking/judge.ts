/** How far a stream was taken in. */
export interface Standing {
  /** 0 where nothing was yet. */
  readonly epoch: number;
  readonly version: number;
  readonly isParked: boolean;
}

export interface Numbered {
  readonly epoch: number;
  readonly version: number;
  /** The version that it comes after: one less, or fewer where its owner has erased what was between. */
  readonly follows: number;
}

/**
 * What an event is to a stream that stands somewhere. `next` is taken in; so is `anew`, after the stream has begun
 * anew, because its source was restored from a backup; before `missing` ones, others must be fetched. The others are
 * left out: `repeated`, `former` (of before a restore of the source) and `parked`.
 */
export type Verdict = 'next' | 'anew' | 'missing' | 'repeated' | 'former' | 'parked';

export const nowhere: Standing = { epoch: 0, version: 0, isParked: false };

/** @param sourceEpoch the highest that was seen of the source, 0 for none */
export const judge = (standing: Standing, event: Numbered, sourceEpoch: number): Verdict => {
  if (standing.isParked) return 'parked';
  if (event.epoch < Math.max(standing.epoch, sourceEpoch)) return 'former';
  const goesOn = event.epoch === standing.epoch;
  const at = goesOn ? standing.version : 0;
  if (event.version <= at) return 'repeated';
  if (event.follows > at) return 'missing';
  return goesOn || standing.epoch === 0 ? 'next' : 'anew';
};
