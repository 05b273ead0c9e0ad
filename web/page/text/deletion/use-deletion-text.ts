import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { type DeletionTexts, en } from './en.js';

/** What is said of the end of an account too. */
export const useDeletionText = lateWords<DeletionTexts>({ en, de });
