import { Link } from '@tanstack/react-router';
import { useText } from '../text/language.js';
import { cameFrom } from './came-from.js';

/** From an asset to the place one came from, as one left it. */
export const BackLink = () => {
  const text = useText();
  const { place, to, search } = cameFrom();
  return (
    <Link to={to} search={search} className="back-link">
      <span aria-hidden="true">←</span> <span>{text.places[place.key]}</span>
    </Link>
  );
};
