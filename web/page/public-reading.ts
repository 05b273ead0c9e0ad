import { bodyOf, problemOf } from '@tickfolio/client/problem';
import type { Session } from '@tickfolio/client/session';

/** Marks the query of what needs no account: it belongs to nobody who signs in or out while it is read. */
export const ofNobody = { isOfNobody: true };

/**
 * Reads what needs no token, within the time that a call may take.
 * @param path after `/api/v1/` @param name that the answer has @throws Problem
 */
export const readPublic = async <Answer>(
  { ask }: Pick<Session, 'ask'>,
  path: string,
  name: keyof Answer & string,
  signal?: AbortSignal,
): Promise<Answer> => {
  const answer = await ask(`/api/v1/${path}`, signal ? { signal } : {});
  if (!answer.ok) throw await problemOf(answer);
  return (await bodyOf(answer, name)) as Answer;
};
