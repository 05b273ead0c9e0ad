import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { useChoice } from '../display/choice.js';
import { zoneChoice } from '../display/choices.js';
import { keeping } from '../keeping.js';
import { documentLanguage, type Language, loadLanguage, wordsOf } from '../language-words.js';
import { useParts } from '../parts.js';
import { loadPatiently } from '../patient-load.js';
import type { Messages } from './messages-en.js';
import { createTimes, localeOf, type Times } from './times.js';

export const languages: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };
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
