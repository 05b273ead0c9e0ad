import type { CookieRiskTexts } from './en.js';

export const de: CookieRiskTexts = {
  cookieRisk: {
    blocked:
      'Dieser Browser blockiert Cookies für diese Seite und kann dich deshalb nicht angemeldet halten: Neu laden oder ein paar Minuten melden dich ab.',
    'needs-https':
      'Diese Seite wurde über http geöffnet, und angemeldet bleibt man bei diesem Server nur über https: Neu laden oder ein paar Minuten melden dich ab. Öffne sie mit https://.',
    'not-kept': 'Dieser Browser hat die Anmeldung nicht behalten: Neu laden oder ein paar Minuten melden dich ab.',
  },
};
