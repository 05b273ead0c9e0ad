import { Navigate, useParams } from '@tanstack/react-router';
import { assetAddress } from '../text/asset-address.js';

/** Addresses of before: a coin's page was that of a symbol. */
export const MovedCoinPage = () => {
  const { symbol } = useParams({ from: '/coins/$symbol' });
  const { asset, search } = assetAddress(symbol.toLowerCase());
  return <Navigate to="/assets/$asset" params={{ asset }} search={(kept) => ({ ...kept, ...search })} replace />;
};
