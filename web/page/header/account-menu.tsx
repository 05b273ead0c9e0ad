import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Disclosure } from '../kit/disclosure.js';
import { Icon, type IconName } from '../kit/icon.js';
import { useParts } from '../parts.js';
import { type Section, sections } from '../settings/sections.js';
import { useToast } from '../shell/toasts.js';
import { useText } from '../text/language.js';

const icons: Readonly<Record<Section, IconName>> = { profile: 'person', security: 'lock', display: 'display' };

/** Who is signed in, their settings, and the way out; links and a button in a list of their own. */
export const AccountLinks = ({ userName }: { readonly userName: string }) => {
  const text = useText();
  const { session } = useParts();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const signOut = () => {
    setBusy(true);
    session.signOut().catch((thrown: unknown) => {
      setBusy(false);
      const tell = (message: string) => toast({ message, tone: 'fault' });
      // Their file may be as far away as the server.
      import('../kit/fault-text.js').then(
        ({ faultText }) => tell(faultText(thrown, text)),
        () => tell(text.noAnswer),
      );
    });
  };
  return (
    <>
      <p className="who-name" translate="no">
        {userName}
      </p>
      {sections.map((section) => (
        <Link key={section} to="/settings/$section" params={{ section }} className="place">
          <Icon name={icons[section]} />
          <span>{text.sections[section]}</span>
        </Link>
      ))}
      <button type="button" className="place" disabled={busy} onClick={signOut}>
        <Icon name="leave" />
        <span>{text.signOut}</span>
      </button>
    </>
  );
};

/** Who is signed in. */
export const AccountMenu = ({ userName }: { readonly userName: string }) => {
  const text = useText();
  return (
    <Disclosure
      label={`${text.account} ${userName}`}
      className="account-menu"
      button={
        <span className="who-face" aria-hidden="true" translate="no">
          {userName.slice(0, 1).toUpperCase()}
        </span>
      }
    >
      <AccountLinks userName={userName} />
    </Disclosure>
  );
};
