import type { CookieRisk } from '@tickfolio/client/cookie-risk';
import { useCookieRiskText } from '../text/cookie-risk/use-cookie-risk-text.js';

/** Why this browser will not stay signed in. */
export const CookieRiskWords = ({ risk }: { readonly risk: CookieRisk }) => {
  const text = useCookieRiskText();
  return <p className="banner away">{text.cookieRisk[risk]}</p>;
};
