import type { SecurityTexts } from '../text/security/en.js';

/** The codes as a text that says by itself what it is, for a file. @param place where the page is @param made when */
export const recoverySheet = (
  codes: readonly string[],
  userName: string,
  place: string,
  made: string,
  text: Pick<SecurityTexts, 'codesSheet' | 'codesSheetRule'>,
): string => [text.codesSheet(userName, place, made), '', ...codes, '', text.codesSheetRule, ''].join('\n');

/** Has the browser keep a text as a file. */
export const saveText = (name: string, text: string): void => {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
};
