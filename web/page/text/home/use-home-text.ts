import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { en, type HomeTexts } from './en.js';

/** The words of what stands beside the holdings too. */
export const useHomeText = lateWords<HomeTexts>({ en, de });
