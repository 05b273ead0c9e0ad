import type { QuantityTexts } from './en.js';

export const de: QuantityTexts = {
  howMuch: (coin) => `Wie viel ${coin}?`,
  howMuchUsdt: 'Für wie viel USDT?',
  amountIn: 'Menge in',
  partOfHeld: 'Teil des Bestands',
  pausedNote:
    'Die Börse hat den Handel mit diesem Coin unterbrochen. Hinzufügen geht trotzdem; der Kurs läuft weiter, sobald wieder gehandelt wird.',
  heldThrough: 'Gehalten über',
  holdableInstead: 'Hinzufügen kannst du zum Beispiel:',
  preview: 'Neuer Bestand',
  previewNow: 'Bestand jetzt',
  worthThen: (time) => `Kurs von ${time}; live, sobald der Coin hinzugefügt ist.`,
  worthAway: 'Der Kurs kann gerade nicht gelesen werden. Hinzufügen geht trotzdem.',
  quantityMissing: 'Gib eine Menge ein, zum Beispiel 0,5.',
  quantityUnclear: (typed, one, other) => `„${typed}“ kann ${one} oder ${other} heißen. Schreibe es ohne Leerzeichen.`,
  quantityRead: (quantity) => `= ${quantity}`,
  quantityReadUnlike: (quantity, unlike) => `= ${quantity}, nicht ${unlike}`,
  quantityAt: (quantity, price) => `= ${quantity} zum Kurs ${price}`,
  notMeant: (amount) => `nicht ${amount}`,
  amountTooSmall: 'Das ist weniger als die kleinste Menge, 0,00000001.',
  quantityZero: 'Gib mehr als null ein.',
  quantityIntegers: 'Höchstens 20 Stellen vor dem Komma.',
  quantityFraction: 'Höchstens 18 Nachkommastellen.',
  quantityTooMuch: (held) => `Du hast ${held}.`,
};
