import type { CookieRisk } from '@tickfolio/client/cookie-risk';
import { useEffect, useState } from 'react';
import { useParts } from '../parts.js';
import { useCookieRiskText } from '../text/cookie-risk/use-cookie-risk-text.js';

/** Why nobody will stay signed in here, said before anybody types a password. */
export const CookieRiskNote = () => {
  const text = useCookieRiskText();
  const { session } = useParts();
  const [risk, setRisk] = useState<CookieRisk>();
  useEffect(() => {
    // Where nobody answers the form itself will say so.
    session.cookieRisk().then(setRisk, () => undefined);
  }, [session]);
  if (!risk) return undefined;
  return (
    <p className="banner away" role="status">
      {text.cookieRisk[risk]}
    </p>
  );
};
