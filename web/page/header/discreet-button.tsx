import { discreetChoice, useDiscreet } from '../display/choices.js';
import { Icon } from '../kit/icon.js';
import { useText } from '../text/language.js';

export const toggleDiscreet = (): void => discreetChoice.set(discreetChoice.get() === 'on' ? 'off' : 'on');

/** Hides amounts and shows them again. */
export const DiscreetButton = () => {
  const text = useText();
  const isDiscreet = useDiscreet();
  return (
    <button
      type="button"
      className="icon-button"
      aria-pressed={isDiscreet}
      aria-label={text.hideAmounts}
      title={text.hideAmounts}
      onClick={toggleDiscreet}
    >
      <Icon name={isDiscreet ? 'eye-closed' : 'eye'} />
    </button>
  );
};
