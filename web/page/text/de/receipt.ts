import type { ReceiptTexts } from '../en/receipt.js';

export const receipt: ReceiptTexts = {
  receiptTitle: 'Beleg',
  receiptOfTotal: 'Wie der Gesamtwert zustande kommt',
  receiptOf: (name) => `Wie der Wert von ${name} zustande kommt`,
};
