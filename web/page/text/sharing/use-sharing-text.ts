import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { en, type SharingTexts } from './en.js';

/** What is said of links to portfolios too. */
export const useSharingText = lateWords<SharingTexts>({ en, de });
