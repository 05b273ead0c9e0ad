/** What stands in a receipt. */
export const en = {
  receiptAsOf: (time: string) => `At ${time}`,
  copyDigits: 'Copy',
  copied: 'Copied',
  notCopied: 'Not copied. Select the digits instead.',
  computedEqual: 'Computed by the server and again here: equal.',
  computedUnequal: 'The server and this browser do not compute the same.',
  saidByServer: 'Computed by the server',
  computedHere: 'Computed here',
  unequalAdvice: 'Do not rely on this amount, and tell whoever runs this server.',
  /** Of a price: `BTC/USDT`, the exchange's number of the trade, when it was. */
  tradeOf: (pair: string, id: string, time: string) => `${pair}: trade ${id}, ${time}`,
  notInSum: 'Not in the sum, because there is no price.',
  sumOf: (count: number) => (count === 1 ? 'Sum of 1 value' : `Sum of ${count} values`),
  convertedAt: 'at',
  computeAnew: 'Compute again',
  livesElsewhere: 'This portfolio lives at prices of the other kind, so nothing in it is worth anything here.',
  nothingToCompute: 'Nothing of this is held any more.',
  nothingToAdd: 'There is nothing to add up: nothing is in it.',
};

export type ReceiptTexts = typeof en;
