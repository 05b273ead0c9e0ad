/** The sign of the product; the dashboard has the same. */
export const Mark = () => (
  <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8" className="mark-ground" />
    <path d="M6 21l5.8-6.8 4.5 4 4.5-7.2 5.2 4.5" className="mark-line" />
  </svg>
);
