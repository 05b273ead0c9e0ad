export const CoinPage = () => null;
