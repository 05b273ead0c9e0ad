import { type Choice, useChoice } from '../display/choice.js';
import { calmChoice, directionsChoice, discreetChoice, keysChoice, zoneChoice } from '../display/choices.js';
import { setTheme, type Theme, useTheme } from '../display/theme.js';
import type { Language } from '../language-words.js';
import { useDisplayText } from '../text/display/use-display-text.js';
import { languages, useSpeaking } from '../text/language.js';
import { Choices } from './choices.js';

const themes: readonly Theme[] = ['system', 'light', 'dark'];

interface SwitchProps {
  readonly choice: Choice<'off' | 'on'>;
  readonly label: string;
  readonly hint: string;
}

const Switch = ({ choice, label, hint }: SwitchProps) => {
  const isOn = useChoice(choice) === 'on';
  return (
    <label className="switch">
      <input type="checkbox" checked={isOn} onChange={() => choice.set(isOn ? 'off' : 'on')} />
      <span>{label}</span> <span className="hint">{hint}</span>
    </label>
  );
};

/** How the page looks in this browser. */
export const DisplaySection = () => {
  const { language, setLanguage } = useSpeaking();
  const text = useDisplayText();
  const theme = useTheme();
  const directions = useChoice(directionsChoice);
  const zone = useChoice(zoneChoice);
  return (
    <>
      <section className="card settings">
        <Choices
          label={text.theme}
          name="theme"
          words={text.themes}
          values={themes}
          value={theme}
          onChange={setTheme}
        />
        <Choices
          label={text.language}
          name="language"
          words={languages}
          values={Object.keys(languages) as Language[]}
          value={language}
          onChange={setLanguage}
        />
        <Choices
          label={text.directions}
          name="directions"
          words={text.directionPairs}
          values={directionsChoice.values}
          value={directions}
          onChange={directionsChoice.set}
        />
        <Choices
          label={text.zone}
          name="zone"
          words={text.zones}
          values={zoneChoice.values}
          value={zone}
          onChange={zoneChoice.set}
        />
        <Switch choice={discreetChoice} label={text.hideAmounts} hint={text.hideAmountsHint} />
        <Switch choice={calmChoice} label={text.calm} hint={text.calmHint} />
        <Switch choice={keysChoice} label={text.keysOn} hint={text.keysHint} />
      </section>
      <p className="maker">
        <a href="https://www.tradingview.com/" rel="noreferrer">
          {text.chartNote}
        </a>
      </p>
    </>
  );
};
