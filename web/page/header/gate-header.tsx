import { Link } from '@tanstack/react-router';
import { setTheme, type Theme, useTheme } from '../display/theme.js';
import { Mark } from '../kit/mark.js';
import type { Language } from '../language-words.js';
import { useOnline } from '../parts.js';
import { languages, useSpeaking, useText } from '../text/language.js';

const themes: readonly Theme[] = ['system', 'light', 'dark'];

/** Above the pages of who is not signed in: language and theme can be chosen before anything else. */
const GateHeader = () => {
  const { text, language, setLanguage } = useSpeaking();
  const theme = useTheme();
  return (
    <header className="top gate-top">
      <Link to="/welcome" className="brand">
        <Mark />
        <span>{text.appName}</span>
      </Link>
      <div className="top-states">
        <select
          className="choice-select"
          aria-label={text.language}
          value={language}
          onChange={(event) => setLanguage(event.target.value as Language)}
        >
          {(Object.keys(languages) as Language[]).map((name) => (
            <option key={name} value={name} lang={name}>
              {languages[name]}
            </option>
          ))}
        </select>
        <select
          className="choice-select"
          aria-label={text.theme}
          value={theme}
          onChange={(event) => setTheme(event.target.value as Theme)}
        >
          {themes.map((name) => (
            <option key={name} value={name}>
              {text.themes[name]}
            </option>
          ))}
        </select>
      </div>
    </header>
  );
};

/** Who is not signed in has no values that could be old. */
const GateBanner = () => {
  const text = useText();
  const online = useOnline();
  return <div role="status">{!online && <p className="banner away">{text.offlineGate}</p>}</div>;
};

/** What stands above the pages of who is not signed in. */
export const GateTop = () => (
  <>
    <GateHeader />
    <GateBanner />
  </>
);
