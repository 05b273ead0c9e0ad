import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { en, type ReceiptTexts } from './en.js';

/** The words of a receipt too. */
export const useReceiptText = lateWords<ReceiptTexts>({ en, de });
