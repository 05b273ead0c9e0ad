/** The first page of who is not signed in. */
export const welcome = {
  welcomeTitle: 'What your crypto is worth, live and exact to the last digit',
  welcomeText:
    'Add what you own and watch its value follow every trade. No number is rounded on the way, and none is stored in your browser.',
};

export type WelcomeTexts = typeof welcome;
