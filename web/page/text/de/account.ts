import type { AccountTexts } from '../en/account.js';

export const account: AccountTexts = {
  signIn: 'Anmelden',
  signUp: 'Konto anlegen',
  signOut: 'Abmelden',
  account: 'Konto',
  name: 'Name',
  password: 'Passwort',
  nameShape: 'Nimm 3 bis 64 Buchstaben A bis Z, Ziffern 0 bis 9, „_“, „.“ oder „-“.',
  passwordShort: 'Nimm mindestens 8 Zeichen.',
  passwordLong: 'Nimm höchstens 128 Zeichen.',
  passwordCommon: 'Dieses Passwort wird mit als erstes erraten. Nimm ein anderes.',
  passwordLikeName: 'Nimm mehr als deinen Namen und ein paar Ziffern.',
  sessionEnded: 'Deine Sitzung ist zu Ende. Melde dich wieder an.',
  theme: 'Aussehen',
  themes: { system: 'System', light: 'Hell', dark: 'Dunkel' },
};
