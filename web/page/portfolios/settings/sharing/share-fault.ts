import { isProblem } from '@tickfolio/client/problem';
import { faultText } from '../../../kit/fault-text.js';
import type { Messages } from '../../../text/messages-en.js';
import type { SharingTexts } from '../../../text/sharing/en.js';

/** Why a link was not made or ended, in the reader's words. */
export const shareFault = (thrown: unknown, text: Messages & SharingTexts): string => {
  if (isProblem(thrown, 409) && thrown.reason === 'limit-reached') return text.shareMany;
  if (isProblem(thrown, 503)) return text.shareAway;
  return isProblem(thrown, 504) ? text.shareUnknown : faultText(thrown, text);
};
