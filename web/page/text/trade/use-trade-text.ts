import { lateWords } from '../late-words.js';
import type { Messages } from '../messages-en.js';
import { de } from './de.js';
import { en, type TradeTexts } from './en.js';

export type TradeWords = Messages & TradeTexts;

/** The words of orders too. */
export const useTradeText = lateWords<TradeTexts>({ en, de });
