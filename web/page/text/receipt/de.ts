import type { ReceiptTexts } from './en.js';

export const de: ReceiptTexts = {
  receiptAsOf: (time) => `Stand ${time}`,
  copyDigits: 'Kopieren',
  copied: 'Kopiert',
  notCopied: 'Nicht kopiert. Markiere stattdessen die Ziffern.',
  computedEqual: 'Vom Server berechnet und hier noch einmal: gleich.',
  computedUnequal: 'Der Server und dieser Browser rechnen nicht dasselbe aus.',
  saidByServer: 'Vom Server berechnet',
  computedHere: 'Hier berechnet',
  unequalAdvice: 'Verlass dich nicht auf diesen Betrag und sag es dem, der diesen Server betreibt.',
  tradeOf: (pair, id, time) => `${pair}: Handel ${id}, ${time}`,
  notInSum: 'Nicht in der Summe, weil es keinen Kurs gibt.',
  sumOf: (count) => (count === 1 ? 'Summe aus 1 Wert' : `Summe aus ${count} Werten`),
  convertedAt: 'zu',
  computeAnew: 'Neu berechnen',
  livesElsewhere: 'Dieses Portfolio lebt von Kursen der anderen Art: Darin hat hier nichts einen Wert.',
  nothingToCompute: 'Davon wird nichts mehr gehalten.',
  nothingToAdd: 'Es gibt nichts zusammenzuzählen: Es ist nichts darin.',
};
