import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { en, type PortfoliosTexts } from './en.js';

/** What is said of portfolios too. */
export const usePortfoliosText = lateWords<PortfoliosTexts>({ en, de });
