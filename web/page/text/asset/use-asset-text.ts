import { lateWords } from '../late-words.js';
import type { Messages } from '../messages-en.js';
import { de } from './de.js';
import { type AssetTexts, en } from './en.js';

export type AssetMessages = Messages & AssetTexts;

/** The words of the page of an asset too. */
export const useAssetText = lateWords<AssetTexts>({ en, de });
