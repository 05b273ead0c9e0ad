import type { Language } from '../../language-words.js';
import { useSpeaking } from '../language.js';
import { de } from './de.js';
import { en, type SecurityTexts } from './en.js';

const texts: Readonly<Record<Language, SecurityTexts>> = { en, de };

/** What the pages of an account say besides; not loaded by who looks at a portfolio. */
export const useSecurityText = (): SecurityTexts => texts[useSpeaking().language];
