import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { en, type MarketsTexts } from './en.js';

/** The words of the list of markets too. */
export const useMarketsText = lateWords<MarketsTexts>({ en, de });
