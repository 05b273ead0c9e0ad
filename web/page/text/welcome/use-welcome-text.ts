import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { en, type WelcomeTexts } from './en.js';

/** The words of the first page too. */
export const useWelcomeText = lateWords<WelcomeTexts>({ en, de });
