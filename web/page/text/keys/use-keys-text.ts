import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { en, type KeysTexts } from './en.js';

/** The words of the list of keys too. */
export const useKeysText = lateWords<KeysTexts>({ en, de });
