import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

interface RedirectProps {
  readonly to: '/' | '/sign-in' | '/welcome';
  /** Where to go on from there, or at once from `/`: an address of this page. */
  readonly next?: string | undefined;
}

/** Goes elsewhere, once: what it is asked for later, while the way there is being made, is not meant. */
export const Redirect = (asked: RedirectProps) => {
  const navigate = useNavigate();
  const [{ to, next }] = useState(asked);
  useEffect(() => {
    if (to === '/') void navigate({ to, href: next ?? to, replace: true });
    else void navigate({ to, search: next === undefined ? {} : { next }, replace: true });
  }, [navigate, to, next]);
  return null;
};
