import type { SecurityTexts } from './en.js';

export const de: SecurityTexts = {
  secondFactorTitle: 'Noch ein Schritt',
  secondFactorText: 'Dein Passwort stimmt. Dieses Konto fragt außerdem nach einem Code.',
  appCode: 'Code deiner Authenticator-App',
  appCodeHint: 'Die sechs Ziffern, die sie gerade zeigt',
  appCodeMissing: 'Gib die sechs Ziffern ein.',
  recoveryCode: 'Wiederherstellungscode',
  recoveryCodeHint: 'Einer der Codes, die du aufbewahrt hast; jeder gilt einmal',
  recoveryCodeMissing: 'Gib einen deiner Wiederherstellungscodes ein.',
  useRecoveryCode: 'Stattdessen einen Wiederherstellungscode nehmen',
  useApp: 'Stattdessen die Authenticator-App nehmen',
  beginAnew: 'Von vorn beginnen',
  continue: 'Weiter',
  signInByPasskey: 'Mit Passkey anmelden',
  forgotten: 'Passwort vergessen?',
  recoverTitle: 'Neues Passwort setzen',
  recoverText: 'Mit einem der Wiederherstellungscodes, die du aufbewahrt hast. Alle Geräte werden abgemeldet.',
  recoverAction: 'Neues Passwort setzen',
  newPassword: 'Neues Passwort',
  recoveredTitle: 'Dein Passwort ist geändert',
  recoveredText: (codesLeft) =>
    `Alle Geräte sind abgemeldet; melde dich mit dem neuen Passwort an. ${
      codesLeft === 0
        ? 'Das war der letzte Wiederherstellungscode: Erzeuge in den Einstellungen neue.'
        : codesLeft === 1
          ? 'Ein Wiederherstellungscode ist übrig: Erzeuge in den Einstellungen neue.'
          : `${codesLeft} Wiederherstellungscodes sind übrig.`
    }`,
  wrongRecovery: 'Name oder Code ist falsch, oder der Code ist schon verbraucht.',
  recoveredPerhaps:
    'Der Name oder der Code stimmt nicht, oder das neue Passwort gilt schon: Der Versuch davor blieb ohne Antwort. Melde dich damit an.',
  toSignIn: 'Zurück zur Anmeldung',

  codesTitle: 'Bewahre diese Codes auf',
  codesText:
    'Dieser Server verschickt keine E-Mails. Wenn du dein Passwort vergisst oder dein Telefon verlierst, kommst du nur mit einem dieser Wiederherstellungscodes wieder hinein. Jeder gilt einmal. Sie werden nur jetzt gezeigt.',
  codesList: 'Wiederherstellungscodes',
  copyCodes: 'Kopieren',
  codesCopied: 'Die Codes sind kopiert.',
  codesNotCopied: 'Der Browser hat das Kopieren nicht erlaubt. Lade die Codes herunter oder drucke sie.',
  downloadCodes: 'Herunterladen',
  printCodes: 'Drucken',
  codesKept: 'Ich habe sie sicher aufbewahrt',
  codesDone: 'Fertig',
  codesLeaveTitle: 'Ohne deine Codes weggehen?',
  codesLeaveText:
    'Sie lassen sich nicht noch einmal zeigen. In den Einstellungen zur Sicherheit kannst du neue erzeugen.',
  codesLeave: 'Weggehen',
  codesFile: (userName) => `tickfolio-wiederherstellungscodes-${userName}.txt`,
  codesSheet: (userName, place, made) => `Wiederherstellungscodes von ${userName} bei ${place}\nErzeugt ${made}`,
  codesSheetRule: 'Jeder Code gilt einmal. Bewahre sie auf wie ein Passwort.',

  proofTitle: 'Bist du es?',
  proofText: 'Was du vorhast, ändert dein Konto. Bestätige es mit deinem Passwort.',
  proofByPasskey: 'Passkey nehmen',
  proofAction: 'Bestätigen',

  passwordTitle: 'Passwort',
  passwordAge: (when) => `Geändert: ${when}.`,
  passwordNeverChanged: (when) => `Nicht geändert seit: ${when}.`,
  changePassword: 'Passwort ändern',
  oldPassword: 'Jetziges Passwort',
  passwordOthersEnd: 'Alle anderen Geräte werden abgemeldet.',
  passwordDone: 'Dein Passwort ist geändert. Alle anderen Geräte sind abgemeldet.',
  passwordSetBefore: 'Es gilt schon das neue Passwort des Versuchs davor, dessen Antwort nicht ankam.',
  passwordSame: 'Nimm ein anderes als das jetzige.',

  appTitle: 'Authenticator-App',
  appOff: 'Zum Anmelden genügt dein Passwort.',
  appOn: 'Zum Anmelden braucht es auch einen Code deiner App.',
  appAdd: 'App einrichten',
  appRemove: 'Abschalten',
  appStep1: 'Scanne das mit deiner Authenticator-App, oder tippe das Geheimnis dort ein.',
  appStep2: 'Gib dann den Code ein, den sie zeigt.',
  appQr: 'QR-Code des Geheimnisses',
  appSecret: 'Geheimnis',
  appOpen: 'In einer App auf diesem Gerät öffnen',
  appConfirm: 'Einschalten',
  appAdded: 'Zum Anmelden braucht es jetzt einen Code deiner App.',
  appRemoved: 'Zum Anmelden genügt jetzt dein Passwort.',
  appRemoveTitle: 'Authenticator-App abschalten?',
  appRemoveText: 'Wer dein Passwort kennt, kommt dann ohne Code hinein.',
  appNoCodes:
    'Du hast keine Wiederherstellungscodes. Erzeuge zuerst welche: Ein verlorenes Telefon würde dich aussperren.',

  passkeysTitle: 'Passkeys',
  passkeysText:
    'Melde dich mit Finger, Gesicht oder PIN an. Ein Passkey gilt nur bei dieser Adresse; keine andere Seite kann ihn verlangen.',
  passkeyAdd: 'Passkey hinzufügen',
  passkeyName: 'Name des Passkeys',
  passkeyNameHint: 'Damit du ihn in dieser Liste wiedererkennst',
  passkeyNameUsual: 'Passkey',
  passkeyNameShape: 'Nimm 1 bis 64 Zeichen.',
  passkeyMade: (when) => `Hinzugefügt: ${when}`,
  passkeyUsed: (when) => `benutzt: ${when}`,
  passkeyUnused: 'noch nicht benutzt',
  passkeySynced: 'auf mehreren Geräten',
  passkeyElsewhere: (host) => `für ${host}`,
  passkeyRemove: 'Entfernen',
  passkeyRemoveNamed: (name) => `Passkey ${name} entfernen`,
  passkeyRemoveTitle: (name) => `„${name}“ entfernen?`,
  passkeyRemoveText: 'Er meldet dich nicht mehr an. Dein Gerät bietet ihn vielleicht noch an; lösche ihn auch dort.',
  passkeyAdded: (name) => `Der Passkey „${name}“ ist hinzugefügt.`,
  passkeyRemoved: (name) => `Der Passkey „${name}“ ist entfernt.`,
  noPasskeys: 'Noch keine Passkeys.',
  passkeysNotHere: 'Dieser Browser kann hier keine Passkeys benutzen: Dafür braucht es https oder localhost.',

  recoveryTitle: 'Wiederherstellungscodes',
  codesLeft: (left) =>
    left === 0
      ? 'Es ist keiner übrig. Wenn du jetzt dein Passwort vergisst, kann dich niemand mehr hineinlassen.'
      : left === 1
        ? '1 Code ist übrig.'
        : `${left} Codes sind übrig.`,
  newCodes: 'Neue Codes erzeugen',
  newCodesTitle: 'Neue Wiederherstellungscodes erzeugen?',
  newCodesText: 'Die bisherigen gelten dann nicht mehr.',

  sessionsTitle: 'Wo du angemeldet bist',
  thisDevice: 'dieser Browser',
  unknownDevice: 'Unbekanntes Gerät',
  sessionUsed: (when) => `Zuletzt benutzt: ${when}`,
  sessionOpened: (when) => `angemeldet: ${when}`,
  endSession: 'Abmelden',
  endSessionNamed: (device) => `${device} abmelden`,
  deviceSignedOut: (device) => `${device} ist abgemeldet.`,

  logTitle: 'Was mit deinem Konto geschah',
  logText: 'Die letzten 400 Tage. Etwas davon warst nicht du? Ändere dein Passwort.',
  logMore: 'Ältere zeigen',
  logEmpty: 'Noch nichts.',
  log: {
    accountCreated: 'Konto angelegt',
    accountDeleted: 'Konto gelöscht',
    signIn: {
      password: 'Mit dem Passwort angemeldet',
      'password and totp': 'Mit Passwort und App angemeldet',
      'password and recovery code': 'Mit Passwort und Wiederherstellungscode angemeldet',
      passkey: 'Mit einem Passkey angemeldet',
      other: 'Angemeldet',
    },
    signInRefused: (count) =>
      count === 1 ? 'Eine Anmeldung wurde abgelehnt' : `${count} Anmeldungen innerhalb einer Minute wurden abgelehnt`,
    passwordRefused: (count) =>
      count === 1
        ? 'Für eine Änderung am Konto wurde ein falsches Passwort eingegeben'
        : `Für Änderungen am Konto wurden innerhalb einer Minute ${count} falsche Passwörter eingegeben`,
    codeRefused: (count) =>
      count === 1
        ? 'Für eine Authenticator-App wurde ein falscher erster Code eingegeben'
        : `Für eine Authenticator-App wurden innerhalb einer Minute ${count} falsche erste Codes eingegeben`,
    recoveryRefused: (count) =>
      count === 1
        ? 'Ein falscher Wiederherstellungscode wurde eingegeben'
        : `Innerhalb einer Minute wurden ${count} falsche Wiederherstellungscodes eingegeben`,
    refreshReused: 'Die Kopie einer Sitzung wurde benutzt; deshalb wurde diese Sitzung beendet',
    passwordChanged: 'Passwort geändert',
    accountRecovered: 'Passwort mit einem Wiederherstellungscode geändert',
    recoveryCodesRenewed: 'Neue Wiederherstellungscodes erzeugt',
    totpAdded: 'Authenticator-App eingerichtet',
    totpRemoved: 'Authenticator-App abgeschaltet',
    secondFactorRefused: 'Das Passwort stimmte, ein Code war falsch',
    passkeyAdded: (name) => (name === '' ? 'Ein Passkey wurde hinzugefügt' : `Passkey „${name}“ hinzugefügt`),
    passkeyRemoved: (name) => (name === '' ? 'Ein Passkey wurde entfernt' : `Passkey „${name}“ entfernt`),
    sessionEnded: 'Abgemeldet',
    sessionEndedElsewhere: 'Ein Gerät wurde von einem anderen aus abgemeldet',
    sessionsEnded: (count) => (count === 1 ? 'Überall abgemeldet: 1 Gerät' : `Überall abgemeldet: ${count} Geräte`),
    other: (action) => `Etwas, wofür diese Seite keine Worte hat: ${action}`,
  },

  signedOut: 'Du bist abgemeldet.',
  signOutEverywhere: 'Überall abmelden',
  everywhereHint: 'Ein Gerät verloren, oder noch irgendwo angemeldet, wo du es nicht sein solltest?',
  everywhereTitle: 'Auf allen Geräten abmelden?',
  everywhereText:
    'Alle Browser und Geräte, die bei diesem Konto angemeldet sind, werden jetzt abgemeldet, auch dieses hier. Dein Portfolio bleibt, wie es ist; melde dich mit deinem Passwort wieder an.',
  everywhereDone: 'Du bist auf allen Geräten abgemeldet.',
  nameMissing: 'Gib deinen Namen ein.',
  passwordMissing: 'Gib dein Passwort ein.',
  showPassword: 'Zeigen',
  hidePassword: 'Verbergen',
  passwordHint: 'Mindestens 8 Zeichen',
  signedInAs: (name) => `Angemeldet als ${name}`,
  nameHint: '3 bis 64 Zeichen: A bis Z, 0 bis 9, „_“, „.“ oder „-“',
  tagline: 'Was deine Coins wert sind: live und genau.',
  noAccount: 'Noch kein Konto?',
  haveAccount: 'Schon ein Konto?',
  nameTaken: 'Dieser Name ist vergeben.',
  wrongLogin: 'Name oder Passwort ist falsch.',

  memberSince: (when) => `Konto seit ${when}`,
  operator: 'Du bist Betreiber dieses Servers.',

  faults: {
    wrongPassword: 'Das ist nicht dein Passwort.',
    wrongCode: 'Der Code ist falsch oder schon verbraucht.',
    ticketOver: 'Das hat zu lange gedauert, oder es waren zu viele falsche Codes. Beginne von vorn.',
    passkeyAddress:
      'Für eine Adresse aus Zahlen bewahren Browser keinen Passkey auf. Öffne die Seite mit einem Namen, etwa localhost.',
    passkeyMisfit: 'Dieser Passkey passt nicht zu diesem Konto oder dieser Adresse.',
    passkeyTaken: 'Dieses Gerät hat schon einen Passkey für dieses Konto.',
    passkeyNotGiven: 'Es wurde kein Passkey benutzt.',
    passkeyNoScreenLock:
      'Dieses Gerät kann keinen Passkey aufbewahren: Es braucht eine Bildschirmsperre, etwa eine PIN.',
    passwordChanged: 'Dein Passwort wurde in diesem Moment anderswo geändert. Melde dich neu an.',
    tooManyPasskeys: 'Du hast 20 Passkeys. Entferne zuerst einen.',
    appNotBegun: 'Das hat zu lange gedauert. Beginne noch einmal, mit einem neuen QR-Code.',
    appOn: 'Es ist schon eine Authenticator-App eingerichtet.',
    passwordUnicode: 'In diesem Passwort steht etwas, das kein Zeichen ist. Gib es neu ein.',
    proofWanted: 'Bestätige zuerst, dass du es bist, und versuche es dann noch einmal.',
    gone: 'Das gibt es schon nicht mehr.',
  },
};
