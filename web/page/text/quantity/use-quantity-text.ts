import { lateWords } from '../late-words.js';
import type { Messages } from '../messages-en.js';
import { de } from './de.js';
import { en, type QuantityTexts } from './en.js';

export type QuantityWords = Messages & QuantityTexts;

/** The words that a quantity is asked for with too. */
export const useQuantityText = lateWords<QuantityTexts>({ en, de });
