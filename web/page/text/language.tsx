import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { useChoice } from '../display/choice.js';
import { zoneChoice } from '../display/choices.js';
import { keeping } from '../keeping.js';
import { useParts } from '../parts.js';
import { loadPatiently } from '../patient-load.js';
import type { Messages } from './messages-en.js';
import { createTimes, localeOf, type Times } from './times.js';

export type Language = 'en' | 'de';
export const languages: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };
const files: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: () => import('./messages-en.js').then(({ en }) => en),
  de: () => import('./messages-de.js').then(({ de }) => de),
};
const read = new Map<Language, Messages>();
/** That of the document, which was chosen before, or the browser's. */
const documentLanguage = (): Language => (document.documentElement.lang === 'de' ? 'de' : 'en');

/**
 * Reads the words of a language, that of the document where none is said; before it is shown.
 * @throws Error where their file cannot be loaded
 */
export const loadLanguage = async (language = documentLanguage()): Promise<void> => {
  if (!read.has(language)) read.set(language, await files[language]());
};
const wordsOf = (language: Language): Messages => {
  const words = read.get(language);
  if (!words) throw new Error(`The words of ${language} were not loaded.`);
  return words;
};
const key = 'tickfolio.language';

interface Speaking {
  readonly language: Language;
  readonly text: Messages;
  readonly times: Times;
  readonly setLanguage: (language: Language) => void;
}

const timesOf = (language: Language, zone: 'local' | 'utc'): Times =>
  createTimes(localeOf(language, navigator.languages), zone === 'utc' ? 'UTC' : undefined);

const LanguageContext = createContext<Speaking | undefined>(undefined);

/** The language of the document, whose words are there already, or the one that is chosen. */
export const LanguageProvider = ({ children }: { readonly children: ReactNode }) => {
  const { store } = useParts();
  const [language, setLanguage] = useState<Language>(documentLanguage);
  const zone = useChoice(zoneChoice);
  useEffect(() => {
    document.documentElement.lang = language;
    store.setStyle(wordsOf(language).numbers);
  }, [language, store]);
  const speaking = useMemo(
    () => ({
      language,
      text: wordsOf(language),
      times: timesOf(language, zone),
      setLanguage: (next: Language) => {
        keeping.setItem(key, next);
        // A file that is gone has the page loaded anew, in that language then.
        void loadPatiently(() => loadLanguage(next)).then(() => setLanguage(next));
      },
    }),
    [language, zone],
  );
  return <LanguageContext.Provider value={speaking}>{children}</LanguageContext.Provider>;
};

export const useSpeaking = (): Speaking => {
  const speaking = useContext(LanguageContext);
  if (!speaking) throw new Error('outside of the page');
  return speaking;
};
export const useText = (): Messages => useSpeaking().text;
