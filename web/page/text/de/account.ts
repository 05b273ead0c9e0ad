import type { AccountTexts } from '../en/account.js';

export const account: AccountTexts = {
  signIn: 'Anmelden',
  signUp: 'Konto anlegen',
  signOut: 'Abmelden',
  account: 'Konto',
  name: 'Name',
  password: 'Passwort',
  sessionEnded: 'Deine Sitzung ist zu Ende. Melde dich wieder an.',
  theme: 'Aussehen',
  themes: { system: 'System', light: 'Hell', dark: 'Dunkel' },
};
