import { faultWordsOf } from '../text/faults/fault-words.js';
import type { Messages } from '../text/messages-en.js';
import { passwordLength } from './password-length.js';

const minPassword = 8;
const maxPassword = 128;

/** What is wrong with a password that is to be set, as far as that is known here. */
export const newPasswordFault = (password: string, text: Messages): string | undefined => {
  const length = passwordLength(password);
  if (length < minPassword) return faultWordsOf(text).passwordShort;
  return length > maxPassword ? faultWordsOf(text).passwordLong : undefined;
};
