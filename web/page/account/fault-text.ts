import { isProblem } from '../session/problem.js';
import type { Messages } from '../text/messages-en.js';

/** What went wrong, in the reader's words. */
export const faultText = (thrown: unknown, text: Messages): string => {
  if (!isProblem(thrown)) return text.pageFault;
  if (thrown.status === 0) return text.noAnswer;
  if (thrown.status === 429) return text.tooMany(Math.ceil((thrown.retryAfterMs ?? 1_000) / 1_000));
  return thrown.status >= 500 ? text.serverFault : thrown.message;
};
