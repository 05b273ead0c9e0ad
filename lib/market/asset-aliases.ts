/** What else people call an asset, in English, German and Russian: `TICKER one, other`. */
const aliases =
  'BTC биткоин, биткойн, xbt|ETH ether, эфир, эфириум|BNB binance coin, бинанс коин|SOL солана|XRP ripple, рипл, риппл|ADA кардано|' +
  'DOGE doge coin, догикоин, додж|LTC лайткоин|LINK чейнлинк|DOT полкадот|AVAX аваланч|TRX трон|MATIC полигон|POL matic, полигон|' +
  'SHIB shiba, шиба ину|TON the open network, тон, тонкоин|BCH биткоин кэш, биткоин кеш|UNI юнисвап|ATOM космос|XLM lumen, стеллар|' +
  'XMR монеро|ETC эфириум классик|FIL файлкоин|APT аптос|ARB арбитрум|OP оптимизм|NEAR ниар|VET вечейн|ALGO алгоранд|AAVE ааве|' +
  'MKR мейкер|FTM фантом|XTZ тезос|EOS эос|HBAR hashgraph, хедера|ZEC зикэш|DASH дэш|NEO нео|IOTA miota, йота|PEPE пепе|NOT ноткоин|' +
  'WBTC обёрнутый биткоин|PAXG gold, золото|XAUT gold, золото|QTUM квантум|WAVES вейвз|SUI суи|RUNE торчейн|KAS каспа|' +
  'USDT dollar, us dollar, us-dollar, usd, доллар, тезер, тетер|USDC circle, dollar, доллар|DAI дай|EUR евро|GBP pound, british pound, pfund, фунт|' +
  'TRY lira, turkish lira, türkische lira, лира|BRL real, brazilian real, brasilianischer real, реал|JPY yen, japanese yen, йена|RUB rubel, ruble, рубль|UAH hrywnja, hryvnia, гривна|' +
  'PLN zloty, złoty, злотый|AUD australian dollar, australischer dollar|CHF franc, schweizer franken, franken';

/** By ticker, upper case. */
export const assetAliases: ReadonlyMap<string, readonly string[]> = new Map(
  aliases.split('|').map((entry) => {
    const at = entry.indexOf(' ');
    return [entry.slice(0, at), entry.slice(at + 1).split(', ')];
  }),
);
