import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { en, type WatchlistTexts } from './en.js';

/** The words of what is watched too. */
export const useWatchlistText = lateWords<WatchlistTexts>({ en, de });
