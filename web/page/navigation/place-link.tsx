import { Link, useLocation } from '@tanstack/react-router';
import { Icon } from '../kit/icon.js';
import { useText } from '../text/language.js';
import { cameFrom } from './came-from.js';
import type { Place } from './places.js';

interface PlaceLinkProps {
  readonly place: Place;
  readonly className: string;
}

/** A link of the navigation: says by more than its colour that one is there. */
export const PlaceLink = ({ place, className }: PlaceLinkProps) => {
  const text = useText();
  const { pathname } = useLocation();
  // The page of an asset belongs to where one came from.
  const isHere = pathname.startsWith('/assets/') ? cameFrom().place === place : place.within.test(pathname);
  return (
    <Link
      to={place.to}
      className={className}
      aria-current={isHere ? 'page' : undefined}
      data-here={isHere}
      title={text.places[place.key]}
    >
      <Icon name={place.icon} />
      <span className="place-name">{text.places[place.key]}</span>
    </Link>
  );
};
