import type { ReactNode } from 'react';
import { Disclosure } from '../kit/disclosure.js';
import { Icon } from '../kit/icon.js';
import { openDialog } from '../shell/open-dialog.js';
import { useText } from '../text/language.js';
import { PlaceLink } from './place-link.js';
import { type Place, places } from './places.js';

const onPhone = places.filter((place) => place.onPhone === 'bar');
const others = places.filter((place) => place.onPhone === 'more');
const half = Math.ceil(onPhone.length / 2);

const Links = ({ of, className }: { readonly of: readonly Place[]; readonly className: string }) =>
  of.map((place) => <PlaceLink key={place.key} place={place} className={className} />);

/** The navigation of phones, at the bottom, within reach of a thumb: adding in its middle, the rest behind "More". */
export const PhoneBar = ({ children }: { readonly children: ReactNode }) => {
  const text = useText();
  return (
    <nav className="phone-bar" aria-label={text.navigation}>
      <Links of={onPhone.slice(0, half)} className="phone-place" />
      <button type="button" className="phone-add" aria-label={text.add} onClick={() => openDialog('add')}>
        <Icon name="add" />
      </button>
      <Links of={onPhone.slice(half)} className="phone-place" />
      <Disclosure
        label={text.more}
        className="phone-more"
        button={
          <span className="phone-place">
            <Icon name="more" />
            <span className="place-name">{text.more}</span>
          </span>
        }
      >
        <Links of={others} className="place" />
        {children}
      </Disclosure>
    </nav>
  );
};
