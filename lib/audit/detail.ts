import type { Detail } from './tables.js';

/** Never written, whoever passes it: a rule and no list, so that it also holds for names that come later. */
const secretName = /password|secret|token|code|cookie|authorization|credential|challenge|private|hash$|key$/i;
const maxFields = 16;
const maxTextLength = 256;
const secretText = '[secret]';

/** What of a detail is written down: no secret, and no more than 16 fields of 256 characters. */
export const safeDetail = (detail: Detail): Detail =>
  Object.fromEntries(
    Object.entries(detail)
      .slice(0, maxFields)
      .map(([name, value]) => [
        name,
        typeof value !== 'string' ? value : secretName.test(name) ? secretText : value.slice(0, maxTextLength),
      ]),
  );
