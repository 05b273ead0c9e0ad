/** Which asset is to be added, and how much. */
export const en = {
  search: 'Search an asset',
  recent: 'Recent',
  popular: 'Popular',
  worthLater: 'No price is recorded for this asset yet. What it is worth appears once it is added.',
  howMuch: (coin: string) => `How much ${coin}?`,
  howMuchUsdt: 'For how much USDT?',
  amountIn: 'Amount in',
  partOfHeld: 'Part of what you hold',
  pausedNote:
    'The exchange has paused the trading of this asset. You can add it all the same; its price goes on when trading does.',
  heldThrough: 'Held through',
  holdableInstead: 'What you can add, for example:',
  preview: 'New balance',
  previewNow: 'Current balance',
  worthThen: (time: string) => `Price of ${time}; goes live when added.`,
  worthAway: 'Its price cannot be read at the moment. You can add it all the same.',
  quantityMissing: 'Enter a quantity, for example 0.5.',
  quantityUnclear: (typed: string, one: string, other: string) =>
    `“${typed}” can mean ${one} or ${other}. Write it without blanks.`,
  quantityRead: (quantity: string) => `= ${quantity}`,
  quantityReadUnlike: (quantity: string, unlike: string) => `= ${quantity}, not ${unlike}`,
  /** A quantity that was said in USDT, and the price that this stands on. */
  quantityAt: (quantity: string, price: string) => `= ${quantity} at ${price}`,
  notMeant: (amount: string) => `not ${amount}`,
  amountTooSmall: 'That is less than the smallest quantity, 0.00000001.',
  quantityZero: 'Enter more than zero.',
  quantityIntegers: 'At most 20 digits before the point.',
  quantityFraction: 'At most 18 decimals.',
  quantityTooMuch: (held: string) => `You hold ${held}.`,
};

export type QuantityTexts = typeof en;
