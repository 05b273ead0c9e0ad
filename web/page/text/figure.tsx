import { Fragment, type ReactNode, useCallback } from 'react';
import { useDiscreet } from '../display/choices.js';
import { useText } from './language.js';
import { softBreaks } from './soft-breaks.js';

const classOf = { whole: 'piece', long: 'long-piece', words: undefined } as const;

/**
 * A function that lets the long numbers of a text go on in the next line where they may. What comes of it is the whole
 * content of an element; a text without such numbers stays a text.
 */
export const useBreaks = (): ((text: string) => ReactNode) => {
  const { numbers } = useText();
  return useCallback(
    (text) => {
      const pieces = softBreaks(text, numbers);
      if (pieces.length === 0) return text;
      // Each in an element of its own, whose place stays while its text changes. A break is neither copied nor read
      // out.
      return pieces.map(({ text: piece, isBreak, kind }, at) => (
        <Fragment key={`piece-${at.toString()}`}>
          {isBreak && <wbr />}
          <span className={classOf[kind]}>{piece}</span>
        </Fragment>
      ));
    },
    [numbers],
  );
};

interface FigureProps {
  /**
   * The whole content: a text that changes stands alone in its element, or a browser that translates the page keeps the
   * old one.
   */
  readonly children: string;
  readonly className?: string | undefined;
  readonly title?: string | undefined;
  /** What is copied in its place. */
  readonly whole?: string | undefined;
  /** An amount of whoever is signed in, which discreet mode hides; prices and percentages are everybody's. */
  readonly isPrivate?: boolean;
}

/** In the place of an amount that is hidden: the same for every amount, so that its length tells nothing. */
export const hiddenAmount = '•••';

/** A number or another text that no translator may touch, with figures of one width. */
export const Figure = ({ children, className, title, whole, isPrivate = false }: FigureProps) => {
  const breaks = useBreaks();
  const isHidden = useDiscreet() && isPrivate;
  return (
    <span
      className={className ? `digits ${className}` : 'digits'}
      translate="no"
      title={isHidden ? undefined : title}
      data-whole={isHidden ? undefined : whole}
    >
      {isHidden ? hiddenAmount : breaks(children)}
    </span>
  );
};
