import { Drawing } from '../../kit/icon.js';

const paths = {
  'zoom-in': 'M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14M16.5 16.5 21 21M8 11h6M11 8v6',
  'zoom-out': 'M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14M16.5 16.5 21 21M8 11h6',
  newest: 'M5 5l7 7-7 7M13 5l7 7-7 7',
  'full-screen': 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  'leave-full-screen': 'M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5',
} as const;

/** What a chart's buttons have, apart from the icons of every page: those are loaded with the first one. */
export const ChartIcon = ({ name }: { readonly name: keyof typeof paths }) => <Drawing path={paths[name]} />;
