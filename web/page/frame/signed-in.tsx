import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSession } from '../parts.js';
import { Redirect } from './redirect.js';
import { Skeleton } from './skeleton.js';

/** Shows its content to who is signed in, and the way there to others. */
export const SignedIn = ({ children }: { readonly children: ReactNode }) => {
  const session = useSession();
  const { pathname } = useLocation();
  if (session.kind === 'unknown') return <Skeleton />;
  if (session.kind === 'signed-in') return children;
  return <Redirect to="/sign-in" next={/^\/(coins|account)/.test(pathname) ? pathname : undefined} />;
};
