/** Names of the best known assets, the best known first; the exchange itself lists symbols only. */
const names =
  'BTC Bitcoin|ETH Ethereum|BNB BNB|SOL Solana|XRP XRP|ADA Cardano|DOGE Dogecoin|LTC Litecoin|LINK Chainlink|DOT Polkadot|AVAX Avalanche|' +
  'TRX TRON|MATIC Polygon|POL Polygon|SHIB Shiba Inu|TON Toncoin|BCH Bitcoin Cash|UNI Uniswap|ATOM Cosmos|XLM Stellar|XMR Monero|ETC Ethereum Classic|' +
  'FIL Filecoin|APT Aptos|ARB Arbitrum|OP Optimism|NEAR NEAR Protocol|VET VeChain|ALGO Algorand|ICP Internet Computer|AAVE Aave|GRT The Graph|' +
  'MKR Maker|SAND The Sandbox|MANA Decentraland|AXS Axie Infinity|EGLD MultiversX|THETA Theta Network|FTM Fantom|XTZ Tezos|' +
  'HBAR Hedera|QNT Quant|RUNE THORChain|KAVA Kava|ZEC Zcash|DASH Dash|CAKE PancakeSwap|CRV Curve|SNX Synthetix|' +
  'COMP Compound|YFI yearn.finance|SUSHI SushiSwap|1INCH 1inch|BAT Basic Attention Token|ENJ Enjin Coin|CHZ Chiliz|LDO Lido DAO|' +
  'INJ Injective|SUI Sui|SEI Sei|TIA Celestia|PEPE Pepe|FLOKI Floki|BONK Bonk|WIF dogwifhat|JUP Jupiter|PYTH Pyth Network|WLD Worldcoin|' +
  'RNDR Render|RENDER Render|FET Fetch.ai|AGIX SingularityNET|IMX Immutable|STX Stacks|GALA Gala|APE ApeCoin|FLOW Flow|KSM Kusama|' +
  'ZIL Zilliqa|ONE Harmony|HOT Holo|IOTX IoTeX|ANKR Ankr|CELO Celo|ROSE Oasis|MINA Mina|GMT STEPN|DYDX dYdX|ENS Ethereum Name Service|' +
  'BLUR Blur|STRK Starknet|ZRO LayerZero|ENA Ethena|PENDLE Pendle|JTO Jito|W Wormhole|ETHFI ether.fi|NOT Notcoin|' +
  'USDT Tether|USDC USD Coin|FDUSD First Digital USD|TUSD TrueUSD|DAI Dai|EUR Euro|PAXG PAX Gold|WBTC Wrapped Bitcoin|QTUM Qtum|ONT Ontology|' +
  'WAVES Waves|RVN Ravencoin|ZRX 0x|STORJ Storj|SKL SKALE|LRC Loopring|OCEAN Ocean Protocol|MASK Mask Network|AR Arweave|KAS Kaspa|HYPE Hyperliquid';

const byAsset: ReadonlyMap<string, string> = new Map(
  names.split('|').map((entry) => {
    const at = entry.indexOf(' ');
    return [entry.slice(0, at), entry.slice(at + 1)];
  }),
);

/** @param asset upper case */
export const coinName = (asset: string): string | undefined => byAsset.get(asset);

/** Those with a name, best known first. */
export const knownAssets: readonly string[] = [...byAsset.keys()];
