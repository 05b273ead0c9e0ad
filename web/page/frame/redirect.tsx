import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';

interface RedirectProps {
  readonly to: '/' | '/sign-in';
  /** Where to go on from there. */
  readonly next?: string | undefined;
}

/** Goes elsewhere, once. */
export const Redirect = ({ to, next }: RedirectProps) => {
  const navigate = useNavigate();
  useEffect(() => {
    if (to === '/') void navigate({ to: next ?? to, replace: true });
    else void navigate({ to, search: next === undefined ? {} : { next }, replace: true });
  }, [navigate, to, next]);
  return null;
};
