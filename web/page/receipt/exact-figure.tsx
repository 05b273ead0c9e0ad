import { grouped } from '@tickfolio/lib/look/amount';
import { Fragment } from 'react';
import { useDiscreet } from '../display/choices.js';
import { hiddenAmount } from '../text/figure.js';
import { useText } from '../text/language.js';

interface ExactFigureProps {
  /** Decimal text. */
  readonly amount: string;
  /** Stays in the line of the amount. */
  readonly unit: string;
  readonly className?: string | undefined;
  /** An amount of whoever is signed in, which discreet mode hides. */
  readonly isPrivate?: boolean;
}

/**
 * All digits of an amount, those after the point in groups of three. The gaps are drawn, not written: copied or read
 * out it is one number.
 */
export const ExactFigure = ({ amount, unit, className = '', isPrivate = false }: ExactFigureProps) => {
  const { numbers } = useText();
  const isHidden = useDiscreet() && isPrivate;
  const [whole = '0', fraction = ''] = amount.split('.');
  const groups = fraction.match(/.{1,3}/g) ?? [];
  return (
    <span className={`exact-figure ${className}`} translate="no">
      <span className="digits exact-digits">
        {isHidden ? (
          hiddenAmount
        ) : (
          <>
            <span>{grouped(whole, numbers) + (groups.length > 0 ? numbers.point : '')}</span>
            {groups.map((group, at) => (
              // Their places stay while what stands in them changes.
              <Fragment key={`group-${at.toString()}`}>
                {at > 0 && <wbr />}
                <span className="digit-group">{group}</span>
              </Fragment>
            ))}
          </>
        )}
      </span>
      <span className="receipt-unit">{`\u00a0${unit}`}</span>
    </span>
  );
};
