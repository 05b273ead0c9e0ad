import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { en, type PaletteTexts } from './en.js';

/** The words of the palette too. */
export const usePaletteText = lateWords<PaletteTexts>({ en, de });
