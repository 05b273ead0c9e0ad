/** Signing in and up, the account and its settings. */
export const account = {
  signIn: 'Sign in',
  signUp: 'Create account',
  signOut: 'Sign out',
  account: 'Account',
  name: 'Name',
  password: 'Password',
  sessionEnded: 'Your session ended. Sign in again.',
  theme: 'Appearance',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
};

export type AccountTexts = typeof account;
