import { useLocation } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { useOnline, useSession } from '../parts.js';
import { AwayPage } from './away-page.js';
import { Redirect } from './redirect.js';
import { Skeleton } from './skeleton.js';

/** Whether anybody was signed in since the page was opened; the first page to be left is drawn anew without them. */
let wasAnybodyIn = false;

/** Shows its content to who is signed in, and the way there to others, who come back here afterwards. */
export const SignedIn = ({ children }: { readonly children: ReactNode }) => {
  const session = useSession();
  const { href } = useLocation();
  const online = useOnline();
  if (session.kind === 'unknown') return session.away || !online ? <AwayPage online={online} /> : <Skeleton />;
  if (session.kind === 'signed-in') {
    wasAnybodyIn = true;
    // Dialogs and whatever else was begun stay with who began it.
    return <Fragment key={session.userId}>{children}</Fragment>;
  }
  // Who asks for nothing in particular sees first what this is.
  if (!wasAnybodyIn && session.reason === undefined && href === '/') return <Redirect to="/welcome" />;
  // Who left on purpose begins anew.
  const left = wasAnybodyIn && session.reason !== 'ended';
  return <Redirect to="/sign-in" next={left || href === '/' ? undefined : href} />;
};
