import type { Clock } from '@tickfolio/client/clock';
import type { SecurityTexts } from '../text/security/en.js';

/** The codes as a text that says by itself what it is, for a file. @param place where the page is @param made when */
export const recoverySheet = (
  codes: readonly string[],
  userName: string,
  place: string,
  made: string,
  text: Pick<SecurityTexts, 'codesSheet' | 'codesSheetRule'>,
): string => [text.codesSheet(userName, place, made), '', ...codes, '', text.codesSheetRule, ''].join('\n');

/** Some browsers read what is to be saved only after the click, and after they asked where to. */
const savingMs = 60_000;

/** Has the browser keep a text as a file. */
export const saveText = (name: string, text: string, clock: Pick<Clock, 'after'>): void => {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  clock.after(savingMs, () => URL.revokeObjectURL(address));
};
