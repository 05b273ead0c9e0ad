interface FigureProps {
  /** The whole content: a text that changes stands alone in its element, or a browser that translates the page keeps the old one. */
  readonly children: string;
  readonly className?: string | undefined;
  readonly title?: string | undefined;
}

/** A number or another text that no translator may touch, with figures of one width. */
export const Figure = ({ children, className, title }: FigureProps) => (
  <span className={className ? `digits ${className}` : 'digits'} translate="no" title={title}>
    {children}
  </span>
);
