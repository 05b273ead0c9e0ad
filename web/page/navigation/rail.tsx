import { Link } from '@tanstack/react-router';
import { useChoice } from '../display/choice.js';
import { railChoice } from '../display/choices.js';
import { Icon } from '../kit/icon.js';
import { Mark } from '../kit/mark.js';
import { useText } from '../text/language.js';
import { PlaceLink } from './place-link.js';
import { places } from './places.js';

/** The navigation of wide screens, at the left; folded it shows its signs alone. */
export const Rail = () => {
  const text = useText();
  const isFolded = useChoice(railChoice) === 'folded';
  return (
    <nav className="rail" aria-label={text.navigation}>
      <Link to="/" className="brand">
        <Mark />
        <span className="place-name">{text.appName}</span>
      </Link>
      <ul className="places">
        {places.map((place) => (
          <li key={place.key}>
            <PlaceLink place={place} className="place" />
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="place fold"
        aria-pressed={isFolded}
        title={text.foldNavigation}
        onClick={() => railChoice.set(isFolded ? 'open' : 'folded')}
      >
        <Icon name={isFolded ? 'unfold' : 'fold'} />
        <span className="place-name">{text.foldNavigation}</span>
      </button>
    </nav>
  );
};
