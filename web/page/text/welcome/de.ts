import type { WelcomeTexts } from './en.js';

export const de: WelcomeTexts = {
  welcomeTitle: 'Was deine Coins wert sind: live und genau bis zur letzten Stelle',
  welcomeText:
    'Trage ein, was du hast, und sieh zu, wie der Wert jedem Handel folgt. Unterwegs wird nichts gerundet, und in deinem Browser bleibt keine Zahl liegen.',
  documentation: 'Dokumentation (englisch)',
  demoTitle: 'Ein Beispielportfolio, live',
  demoWaiting: 'Wartet auf den ersten Kurs',
  demoLost: {
    away: 'Der Server antwortet nicht. Er wird weiter gefragt.',
    refused: 'Von hier aus sehen gerade zu viele zu.',
  },
  demoNote: 'Es gehört niemandem und ist nur zum Ansehen. Deins sieht nach einer Minute so aus.',
};
