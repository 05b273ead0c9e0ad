import type { DeletionTexts } from './en.js';

export const de: DeletionTexts = {
  deletionTitle: 'Konto löschen',
  deletionText: 'Dein Konto und alles, was hier von dir aufbewahrt wird.',
  deletionAction: 'Konto löschen',
  deletionAskTitle: 'Dein Konto endgültig löschen?',
  deletionAskText:
    'Das geht verloren: dein Name, dein Passwort, deine Passkeys und Codes, alle Sitzungen, deine Portfolios und was du hältst, jede Änderung daran, was es wert war, und das Protokoll deines Kontos. Du wirst überall abgemeldet. Niemand kann das rückgängig machen, und dein Name ist für andere frei.',

  deletionRunning: 'Dein Konto wird gelöscht',
  deletionRunningText:
    'Du bist überall abgemeldet, und niemand kann sich mehr anmelden. Was von dir aufbewahrt wird, verschwindet jetzt:',
  deletionDone: 'Dein Konto ist gelöscht',
  deletionDoneText:
    'Diese Teile des Servers enthalten nichts mehr von dir. Was sie einander über dich gesagt haben, ist in spätestens 60 Tagen vergessen, wenn der Betreiber dieses Servers es nicht länger aufbewahrt, und Sicherungen behalten, was sie enthalten, bis sie ersetzt werden.',
  deletionParts: {
    auth: 'Wie du dich angemeldet hast, deine Sitzungen und dein Protokoll',
    bff: 'Was du gehalten hast und was es wert war',
    portfolio: 'Deine Portfolios und jede Änderung eines Guthabens',
    orders: 'Deine Orders und was sie ausgeführt hat',
    other: (service: string) => `Was „${service}“ von dir aufbewahrt hat`,
  },
  deletionErased: (when: string) => `Gelöscht ${when}`,
  deletionOpen: 'Wird gelöscht',
  deletionLate:
    'Etwas davon wartet auf einen Teil des Servers, der gerade fehlt. Es verschwindet, sobald er zurück ist.',
  deletionLink: (until: string) => `Bis ${until} kannst du hier wieder nachsehen: Heb die Adresse dieser Seite auf.`,
  deletionUnknown: 'Hier ist keine Löschung bekannt',
  deletionUnknownText: 'Die Adresse ist unvollständig, oder das Konto wurde vor mehr als 30 Tagen gelöscht.',
  deletionToStart: 'Zur Startseite',
};
