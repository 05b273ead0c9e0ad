/**
 * The first word of what Redis answers to a write that it refuses for now: its memory is full, its disk does not take
 * the snapshot, it has become a replica, it is loading, a script runs, its cluster or its replicas are not complete.
 */
const passing = [
  'OOM',
  'MISCONF',
  'READONLY',
  'LOADING',
  'BUSY',
  'MASTERDOWN',
  'NOREPLICAS',
  'CLUSTERDOWN',
  'TRYAGAIN',
] as const;

/** `final`: the same write will be refused again, such as one that is not allowed. */
export type Refusal = (typeof passing)[number] | 'final';

export const refusals: readonly Refusal[] = [...passing, 'final'];

/** What kind of refusal an error is; undefined where the server did not say it. */
export const refusalOf = (err: Error | null | undefined): Refusal | undefined => {
  if (err?.name !== 'ReplyError') return undefined;
  const [word] = err.message.split(' ', 1);
  return passing.find((known) => known === word) ?? 'final';
};
