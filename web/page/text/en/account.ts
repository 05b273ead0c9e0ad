/** Signing in and up, the account and its settings. */
export const account = {
  signIn: 'Sign in',
  signUp: 'Create account',
  signOut: 'Sign out',
  account: 'Account',
  name: 'Name',
  password: 'Password',
  nameShape: 'Use 3 to 64 letters A to Z, digits 0 to 9, “_”, “.” or “-”.',
  passwordShort: 'Use at least 8 characters.',
  passwordLong: 'Use at most 128 characters.',
  passwordCommon: 'This password is one of those that are guessed first. Choose another.',
  passwordLikeName: 'Use more than your name and a few digits.',
  sessionEnded: 'Your session ended. Sign in again.',
  theme: 'Appearance',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
};

export type AccountTexts = typeof account;
