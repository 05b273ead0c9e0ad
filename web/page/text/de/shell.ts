import type { ShellTexts } from '../en/shell.js';

export const shell: ShellTexts = {
  notices: 'Hinweise',
  skip: 'Zum Inhalt springen',
  simulated: 'Simulierte Kurse. Sie sehen echt aus, aber keine Börse steht dahinter.',
  simulatedShort: 'Simuliert',
  offline: 'Du bist offline. Unten stehen die zuletzt empfangenen Werte.',
  offlineTitle: 'Du bist offline',
  offlineText: 'Dein Portfolio und die Kurse erscheinen, sobald das Netz wieder da ist.',
  awayTitle: 'Der Server antwortet nicht',
  awayText: 'Dein Portfolio und die Kurse erscheinen, sobald er es tut; diese Seite versucht es weiter.',
  nothingKept: 'Keine deiner Zahlen liegt auf diesem Gerät; bis dahin gibt es also nichts zu zeigen.',
  offlineGate: 'Du bist offline. Zum Anmelden braucht es das Netz.',
  reconnecting: 'Verbindung verloren. Neuer Versuch läuft …',
  notReached: 'Noch keine Verbindung zum Server. Neuer Versuch läuft …',
  reading: (seconds) => `Die Live-Verbindung ist blockiert; etwa alle ${seconds} s wird aktualisiert.`,
  noPricesArrive:
    'Von der Börse kommen keine Kurse an. Unten wird mit den letzten gerechnet; sobald wieder welche kommen, geht es von selbst weiter.',
  cookieRisk: {
    blocked:
      'Dieser Browser blockiert Cookies für diese Seite und kann dich deshalb nicht angemeldet halten: Neu laden oder ein paar Minuten melden dich ab.',
    'needs-https':
      'Diese Seite wurde über http geöffnet, und angemeldet bleibt man bei diesem Server nur über https: Neu laden oder ein paar Minuten melden dich ab. Öffne sie mit https://.',
    'not-kept': 'Dieser Browser hat die Anmeldung nicht behalten: Neu laden oder ein paar Minuten melden dich ab.',
  },
  refused: 'Für dieses Konto sind zu viele Fenster offen; dieses hier ist nicht live.',
  connectAgain: 'Wieder verbinden',
  portfolio: 'Portfolio',
  cardBroken: 'Dieser Teil konnte nicht gezeichnet werden. Der Rest der Seite läuft weiter.',
  notFoundTitle: 'Hier ist nichts',
  notFoundText: 'Diese Adresse führt nirgendwohin.',
  toPortfolio: 'Zum Portfolio',
  brokenTitle: 'Diese Seite ist kaputtgegangen',
  brokenText: 'Neu laden hilft meistens. Dein Portfolio liegt sicher auf dem Server.',
};
