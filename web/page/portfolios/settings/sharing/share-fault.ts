import { isProblem } from '@tickfolio/client/problem';
import type { Messages } from '../../../text/messages-en.js';
import type { PortfoliosTexts } from '../../../text/portfolios/en.js';
import type { SharingTexts } from '../../../text/sharing/en.js';
import { refusalOf } from '../../refusal.js';

/** Why a link was not made or ended, in the reader's words. */
export const shareFault = (thrown: unknown, text: Messages & PortfoliosTexts & SharingTexts): string => {
  if (isProblem(thrown, 409) && thrown.reason === 'limit-reached') return text.shareMany;
  return isProblem(thrown, 504) ? text.shareUnknown : refusalOf(thrown, text).words;
};
