import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useOnline, useSession } from '../parts.js';
import { AwayPage } from './away-page.js';
import { Redirect } from './redirect.js';
import { Skeleton } from './skeleton.js';

/** Shows its content to who is signed in, and the way there to others. */
export const SignedIn = ({ children }: { readonly children: ReactNode }) => {
  const session = useSession();
  const { pathname } = useLocation();
  const online = useOnline();
  if (session.kind === 'unknown') return session.away || !online ? <AwayPage online={online} /> : <Skeleton />;
  if (session.kind === 'signed-in') return children;
  return <Redirect to="/sign-in" next={/^\/(coins|account)/.test(pathname) ? pathname : undefined} />;
};
