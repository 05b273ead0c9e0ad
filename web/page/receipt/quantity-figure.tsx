import { grouped } from '@tickfolio/lib/look/amount';
import { Figure } from '../text/figure.js';
import { useText } from '../text/language.js';

interface QuantityFigureProps {
  readonly of: { readonly quantity: string; readonly quantityText: string };
  /** Stands behind it. */
  readonly unit?: string;
  readonly className?: string;
}

/** How much is held, with as many digits as are read; copied, it has all. */
export const QuantityFigure = ({ of: { quantity, quantityText }, unit, className }: QuantityFigureProps) => {
  const { numbers } = useText();
  const isCut = quantityText.endsWith('…') || quantityText.startsWith('<');
  const tail = unit === undefined ? '' : ` ${unit}`;
  return (
    <Figure className={className} whole={isCut ? grouped(quantity, numbers) + tail : undefined} isPrivate>
      {quantityText + tail}
    </Figure>
  );
};
