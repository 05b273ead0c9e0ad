import { lateWords } from '../late-words.js';
import { de } from './de.js';
import { type AssetTexts, en } from './en.js';

/** The words of the page of an asset too. */
export const useAssetText = lateWords<AssetTexts>({ en, de });
