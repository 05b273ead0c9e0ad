import { Suspense, useCallback, useState } from 'react';
import { faultText } from '../kit/fault-text.js';
import { latePart } from '../kit/late-part.js';
import { useParts, useSession } from '../parts.js';
import { setTheme, type Theme, useTheme } from '../shell/theme.js';
import { useToast } from '../shell/toasts.js';
import { type Language, languages, useSpeaking } from '../text/language.js';

const SignOutEverywhereDialog = latePart(() =>
  import('./sign-out-everywhere-dialog.js').then(({ SignOutEverywhereDialog: found }) => found),
);
const themes: readonly Theme[] = ['system', 'light', 'dark'];

export const AccountPage = () => {
  const { text, language, setLanguage } = useSpeaking();
  const { session } = useParts();
  const state = useSession();
  const theme = useTheme();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const close = useCallback(() => setAsking(false), []);
  const signOut = () => {
    setBusy(true);
    session.signOut().catch((thrown: unknown) => {
      setBusy(false);
      toast({ message: faultText(thrown, text), tone: 'fault' });
    });
  };
  return (
    <div className="narrow">
      <h1>{text.account}</h1>
      <section className="card settings">
        <p>{state.kind === 'signed-in' && text.signedInAs(state.userName)}</p>
        <fieldset>
          <legend>{text.theme}</legend>
          <div className="choices">
            {themes.map((name) => (
              <label key={name}>
                <input type="radio" name="theme" checked={theme === name} onChange={() => setTheme(name)} />
                <span>{text.themes[name]}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>{text.language}</legend>
          <div className="choices">
            {(Object.keys(languages) as Language[]).map((name) => (
              <label key={name} lang={name}>
                <input type="radio" name="language" checked={language === name} onChange={() => setLanguage(name)} />
                <span>{languages[name]}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <button type="button" className="button" disabled={busy} onClick={signOut}>
          {text.signOut}
        </button>
        <div className="everywhere">
          <p className="hint">{text.everywhereHint}</p>
          <button type="button" className="button danger bordered" onClick={() => setAsking(true)}>
            {text.signOutEverywhere}
          </button>
        </div>
      </section>
      <Suspense>{asking && <SignOutEverywhereDialog onClose={close} />}</Suspense>
      <p className="maker">
        <a href="https://www.tradingview.com/" rel="noreferrer">
          {text.chartNote}
        </a>
      </p>
    </div>
  );
};
