const again = 'Send it again after `Retry-After` seconds, with the same `clientOrderId`.';
/** Of orders. `exchangeCode` is what the exchange answers to the same. */
export const orderWords = {
  'bad-number': {
    means: 'An amount is no decimal text above zero, has too many digits, or is a JSON number, which would lose some.',
    act: 'Send a text such as `"0.5"`.',
  },
  missing: {
    means: 'An order of this type needs a field that is not there, such as the `price` of LIMIT.',
    act: 'Add the field that `errors` names.',
  },
  'not-needed': {
    means: 'An order of this type does not take a field that is there, such as the `price` of MARKET.',
    act: 'Leave out the field that `errors` names.',
  },
  'unknown-value': {
    means: 'A side, type or time in force is none that there is.',
    act: 'Send one of those that `errors` names.',
  },
  'bad-combination': {
    means: 'Two fields do not go together, such as LIMIT_MAKER and IOC.',
    act: 'Change the field that `errors` names.',
  },
  'symbol-not-trading': {
    means: 'The exchange does not trade the symbol at the moment, so no order of it can be filled.',
    act: 'Wait until it is traded again, or choose another symbol.',
  },
  'order-type': {
    means: 'The exchange takes no orders of this type, or with such parts, of the symbol.',
    act: 'Choose another type.',
  },
  'price-filter': {
    means: 'The price is below or above what the symbol takes, or no multiple of its tick.',
    act: 'Send the nearest that is allowed: `facts.nearest`, and in the message of `errors`.',
  },
  'lot-size': {
    means: 'The quantity is below or above what the symbol takes, or no multiple of its step.',
    act: 'Send the nearest that is allowed: `facts.nearest`, and in the message of `errors`.',
  },
  'market-lot-size': {
    means: 'The same of an order at the market, for which the exchange has bounds of its own.',
    act: 'Send the nearest that is allowed: `facts.nearest`, and in the message of `errors`.',
  },
  notional: {
    means: 'The order is worth less than the symbol takes, or more.',
    act: 'Change the quantity to the nearest that is allowed: `facts.nearest`.',
  },
  'percent-price': {
    means: 'The price is further from the mean of the last minutes than the symbol takes.',
    act: 'Send the nearest that is allowed: `facts.nearest`, and in the message of `errors`.',
  },
  'iceberg-parts': {
    means: 'The order would be shown in more parts than the symbol takes, or a part is more than the whole.',
    act: 'Show more of it at a time: `facts.nearest`.',
  },
  'max-position': {
    means: 'With the order filled, more of the asset would be held than the exchange lets one hold.',
    act: 'Buy less: `facts.nearest`.',
  },
  'too-fine': {
    means: 'Step and tick of the symbol have more decimals together than amounts have here.',
    act: 'Choose another symbol.',
  },
  'would-take': {
    means: 'A LIMIT_MAKER only rests, and this one would match at once.',
    act: 'Change the price, or send it as LIMIT.',
  },
  'would-trigger': {
    means: 'The price that it waits for is passed already.',
    act: 'Change `stopPrice`, or send an order without one.',
  },
  'no-price-yet': {
    means: 'An order of this type is compared with the last trade, and none of the symbol was seen yet.',
    act: 'Try again in some seconds.',
  },
  'under-review': {
    means: 'Something of this portfolio does not add up and is being looked at; until then it takes no orders.',
    act: 'Use another portfolio, and tell the operator.',
  },
  timeout: {
    means: 'It could not be said in time whether what the order needs can be kept for it; nothing is kept.',
    act: 'Place it anew, under another `clientOrderId`.',
  },
  'already-ended': {
    means: 'The order is FILLED, CANCELED, EXPIRED or REJECTED; `facts.order` has it as it ended.',
    act: 'Nothing; there is no more to end.',
  },
  'duplicate-client-order-id': {
    means: 'The user has another order of this `clientOrderId`.',
    act: 'Take a new name for each new order; keep it for repeats of the same one.',
  },
  'too-many-orders': {
    means: 'More than 10 orders within a second, 200 open ones of a symbol, or 1,000 of a portfolio.',
    act: 'Wait for `Retry-After` seconds, or end some first; nothing was placed.',
  },
  'orders-away': { means: 'The orders service cannot be reached.', act: again },
  'portfolio-away': {
    means: 'Portfolios cannot be reached, so nothing can be kept for an order; none was placed.',
    act: again,
  },
  'market-away': {
    means: 'It is not known at the moment what the exchange lists or trades; nothing was placed.',
    act: again,
  },
};
