import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { type DisplayTexts, en } from './en.js';

/** The words of the settings of the display too. */
export const useDisplayText = lateWords<DisplayTexts>({ en, de });
