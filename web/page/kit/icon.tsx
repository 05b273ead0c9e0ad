/** Drawn on a field of 24, by lines of one width. */
const paths = {
  home: 'M4 11 12 4l8 7M6 10v10h4v-6h4v6h4V10',
  portfolio: 'M12 3v9h9M20.5 15.5A9 9 0 1 1 9 3.6',
  receipt: 'M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6',
  markets: 'M4 20V10M10 20V4M16 20v-7M21 20H3',
  trade: 'M8 20V4M4 8l4-4 4 4M16 4v16M12 16l4 4 4-4',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
  search: 'M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14M16.5 16.5 21 21',
  add: 'M12 5v14M5 12h14',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  eye: 'M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7-10-7-10-7M12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5',
  'eye-closed': 'M3 9.5c2 3 5 5 9 5s7-2 9-5M5.5 13 3.5 16M10 14.5 9 18M14 14.5l1 3.5M18.5 13l2 3',
  fold: 'M4 4h16v16H4zM9 4v16M16 9l-3 3 3 3',
  unfold: 'M4 4h16v16H4zM9 4v16M13 9l3 3-3 3',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8M4 21c0-4 3.5-6 8-6s8 2 8 6',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  display: 'M3 5h18v11H3zM9 20h6M12 16v4',
  document: 'M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h7',
  leave: 'M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9',
} as const;

export type IconName = keyof typeof paths;

/** Stands beside words, or in what has a name of its own. @param path on that field */
export const Drawing = ({ path }: { readonly path: string }) => (
  <svg viewBox="0 0 24 24" width="20" height="20" className="icon" aria-hidden="true" focusable="false">
    <path d={path} />
  </svg>
);

/** One that many pages have. */
export const Icon = ({ name }: { readonly name: IconName }) => <Drawing path={paths[name]} />;
