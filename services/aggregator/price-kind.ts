import type { PriceBus } from '@tickfolio/lib/price-bus';

/**
 * Says of every price that leaves whether it is simulated: kept last prices outlive this process, and the two kinds
 * never mix.
 */
export const markKind = (
  { publish, publishPrice }: Pick<PriceBus, 'publish' | 'publishPrice'>,
  simulated: () => boolean | undefined,
): Pick<PriceBus, 'publish' | 'publishPrice'> => ({
  publish: (stat, through) => publish(stat, through, simulated()),
  publishPrice: (last) => {
    const kind = simulated();
    publishPrice(kind === undefined ? last : { ...last, simulated: kind });
  },
});
