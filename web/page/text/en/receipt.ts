/** How an amount comes about. */
export const receipt = {
  receiptTitle: 'Receipt',
  receiptOfTotal: 'How the total comes about',
  receiptOf: (name: string) => `How the value of ${name} comes about`,
};

export type ReceiptTexts = typeof receipt;
