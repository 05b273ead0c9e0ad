import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { type CookieRiskTexts, en } from './en.js';

/** Why a browser will not stay signed in too, which few have to read. */
export const useCookieRiskText = lateWords<CookieRiskTexts>({ en, de });
