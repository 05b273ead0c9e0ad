/** How an asset's price in US dollars moves. */
export interface Asset {
  readonly name: string;
  readonly usd: number;
  /** Share of the common market movement it follows. */
  readonly beta: number;
  /** Own volatility per square root of a year. */
  readonly volatility: number;
  /** Trades per second of its USDT pair at the default rate. */
  readonly rate: number;
}

// Name and price in US dollars; the exact figures do not matter, their size does (it decides tick and lot).
const leaders =
  'BTC 68000 9,ETH 3450 7,SOL 152 4,XRP 2.15 3,DOGE 0.165 2.5,BNB 605 2.5,ADA 0.62 1.5,PEPE 0.0000124 2,LINK 14.2 1,AVAX 27.5 1,TRX 0.27 1,SUI 2.9 1.5,SHIB 0.0000178 1,LTC 84 1';

const larger =
  'DOT 6.3,TON 5.6,NEAR 4.9,UNI 8.1,BCH 390,ICP 9.4,APT 8.2,ETC 21.5,XLM 0.29,HBAR 0.19,FIL 4.4,ARB 0.78,OP 1.75,ATOM 6.4,INJ 21.7,AAVE 168,WIF 1.6,BONK 0.0000195,FLOKI 0.000152,FET 1.31,RUNE 4.2,SEI 0.41,TIA 4.8,' +
  'WLD 2.1,RENDER 6.1,JUP 0.92,ENA 0.48,ORDI 31.5,GALA 0.023,SAND 0.31,MANA 0.33,AXS 5.3,CRV 0.36,LDO 1.18,PENDLE 4.4,ALGO 0.19,VET 0.031,GRT 0.17,THETA 1.3,STX 1.7,IMX 1.4,EGLD 27.4,FTM 0.62,MKR 1480,KAVA 0.42,DYDX 1.1,' +
  'JTO 2.3,PYTH 0.37,NOT 0.0081,TAO 480,S 0.52,TRUMP 11.4,ONDO 0.93,VIRTUAL 1.25,PENGU 0.0142,POL 0.38,BERA 3.1,KAITO 1.2,ZEC 41,DASH 27';

const smaller =
  'NEO 11.3,QTUM 2.6,IOTA 0.17,XTZ 0.78,ONT 0.22,ZIL 0.0165,BAT 0.19,ZRX 0.36,ENJ 0.16,CHZ 0.068,HOT 0.0018,ICX 0.15,KSM 19.5,SNX 1.6,COMP 46,YFI 5200,SUSHI 0.71,UMA 2.3,BAL 2.1,BAND 1.2,' +
  '1INCH 0.29,ANKR 0.027,ARPA 0.045,AUDIO 0.13,BEL 0.53,BICO 0.24,BLUR 0.19,BNT 0.55,CAKE 1.9,CELO 0.64,CELR 0.014,CFX 0.15,CHR 0.21,CKB 0.0148,COTI 0.09,CTSI 0.14,CVX 2.4,DENT 0.00092,DEXE 8.4,DUSK 0.21,' +
  'EDU 0.52,ENS 17.8,ETHFI 1.5,FIDA 0.27,FLOW 0.58,FLUX 0.51,FXS 1.9,GLM 0.33,GMT 0.14,GMX 24.8,GNO 175,GTC 0.67,HIGH 1.4,HIVE 0.21,HOOK 0.39,ID 0.38,ILV 38,IOST 0.0051,IOTX 0.037,JASMY 0.021,' +
  'JOE 0.36,KDA 0.55,KNC 0.48,LPT 13.6,LQTY 0.97,LRC 0.14,LSK 0.83,LUNC 0.000088,MAGIC 0.33,MASK 2.3,MBOX 0.14,METIS 34,MINA 0.53,MOVR 9.6,MTL 0.99,NEXO 1.12,NFP 0.19,NMR 13.9,OGN 0.09,ORCA 2.4,' +
  'OXT 0.068,PAXG 2650,PEOPLE 0.068,PERP 0.66,PHA 0.12,POLYX 0.24,POWR 0.21,PROM 5.7,QI 0.012,QNT 66,RAD 1.1,RARE 0.11,RAY 2.3,RDNT 0.066,REI 0.05,RIF 0.081,RLC 1.7,RONIN 1.4,ROSE 0.068,RSR 0.0067,' +
  'RVN 0.0166,SC 0.0048,SFP 0.71,SKL 0.037,SLP 0.0028,SPELL 0.00066,SSV 22,STG 0.29,STORJ 0.46,STRK 0.39,SUPER 0.96,SXP 0.24,SYN 0.51,SYS 0.1,TFUEL 0.06,TLM 0.0105,TNSR 0.41,TRB 61,TRU 0.079,TWT 1.05,' +
  'USTC 0.016,UTK 0.047,VANRY 0.091,VIC 0.33,VTHO 0.0025,WAXP 0.037,WIN 0.000089,WOO 0.17,XAI 0.21,XVG 0.0048,XVS 6.9,YGG 0.42,ZEN 8.6,ZK 0.13,ZRO 3.9,MANTA 0.78,ALT 0.09,AXL 0.61,DYM 1.6,PIXEL 0.15,' +
  'PORTAL 0.28,AEVO 0.36,BOME 0.0082,W 0.24,SAGA 1.2,OMNI 8.1,REZ 0.041,BB 0.32,IO 1.8,BANANA 48,EIGEN 3.2,SCR 0.63,CETUS 0.17,COW 0.41,ACX 0.38,CATI 0.36,HMSTR 0.0029,NEIRO 0.0012,TURBO 0.0075';

/** Coins whose trading has ended or stands still; see `symbols.ts`. */
const gone = 'XMR 160,OMG 0.25,WAVES 1.1,BTS 0.004,BUSD 1,LOOM 0.06,VIDT 0.03,KLAY 0.13,DREP 0.01,TORN 4';

const crypto = (list: string, rate: number): Asset[] =>
  list.split(',').map((entry) => {
    const [name = '', usd = '1', own] = entry.split(' ');
    return { name, usd: Number(usd), beta: 1, volatility: 0.55, rate: own ? Number(own) : rate };
  });

const money = (name: string, usd: number, volatility: number, rate: number): Asset => ({
  name,
  usd,
  beta: 0,
  volatility,
  rate,
});

/** USDT is the measure everything else moves against. */
export const assets: readonly Asset[] = [
  ...crypto(leaders, 1).map((asset) => (asset.name === 'BTC' ? { ...asset, volatility: 0.1 } : asset)),
  money('USDT', 1, 0, 0),
  money('USDC', 0.9998, 0.002, 2),
  money('FDUSD', 0.9991, 0.003, 0.8),
  money('TUSD', 0.9987, 0.003, 0.1),
  money('EUR', 1.083, 0.07, 1),
  money('TRY', 0.0294, 0.05, 0),
  ...crypto(larger, 0.45),
  ...crypto(smaller, 0.17),
  ...crypto(gone, 0.05),
];
