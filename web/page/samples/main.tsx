import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { loadLanguage } from '../language-words.js';
import { PartsProvider } from '../parts.js';
import { ToastProvider } from '../shell/toasts.js';
import { LanguageProvider } from '../text/language.js';
import { SamplePage } from './sample-page.js';
import { createSampleParts } from './sample-parts.js';
import '../styles/page.css';
import './samples.css';

// The parts of the page under `/kit`, for who works on them; no part of what is built for users.

const root = createRootRoute();
const getParentRoute = () => root;
const router = createRouter({
  routeTree: root.addChildren([
    createRoute({ getParentRoute, path: '/kit', component: SamplePage }),
    createRoute({ getParentRoute, path: '/kit/$part', component: SamplePage }),
  ]),
});
const place = document.getElementById('page');
await loadLanguage();
if (place)
  createRoot(place).render(
    <StrictMode>
      <PartsProvider value={createSampleParts()}>
        <LanguageProvider>
          <QueryClientProvider client={new QueryClient()}>
            <ToastProvider>
              <Suspense>
                <RouterProvider router={router as never} />
              </Suspense>
            </ToastProvider>
          </QueryClientProvider>
        </LanguageProvider>
      </PartsProvider>
    </StrictMode>,
  );
