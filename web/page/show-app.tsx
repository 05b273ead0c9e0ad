import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import type { Parts } from './parts.js';

export const showApp = (place: Element, parts: Parts): void => {
  createRoot(place).render(
    <StrictMode>
      <App parts={parts} />
    </StrictMode>,
  );
};
