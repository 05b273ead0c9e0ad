import { type ComponentProps, useEffect } from 'react';

const site = 'tickfolio';

/** What the browser's tab is called, of many. @param words the first of them is read first */
export const usePageTitle = (...words: readonly (string | undefined)[]): void => {
  const title = [...words.filter((word) => word !== undefined && word !== ''), site].join(' · ');
  useEffect(() => {
    document.title = title;
    return () => {
      document.title = site;
    };
  }, [title]);
};

interface PageHeadingProps extends ComponentProps<'h1'> {
  readonly title: string;
  /** What one looks at the tab for, before its name. */
  readonly figure?: string | undefined;
}

/** What a page is called: on it, and in the browser's tab, by which its history calls it too. */
export const PageHeading = ({ title, figure, children = title, ...rest }: PageHeadingProps) => {
  usePageTitle(figure, title);
  return <h1 {...rest}>{children}</h1>;
};
