import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { isProblem } from '@tickfolio/client/problem';
import { useEffect } from 'react';
import { type Parts, PartsProvider } from './parts.js';
import { forgetRecent } from './portfolio/changes/recent-symbols.js';
import { ofNobody } from './public-reading.js';
import { router } from './routes.js';
import { closeDialog } from './shell/open-dialog.js';
import { ToastProvider } from './shell/toasts.js';
import { LanguageProvider } from './text/language.js';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // What was refused stays refused; what did not answer may answer.
      retry: (failures, fault) => failures < 2 && !(isProblem(fault) && fault.status >= 400 && fault.status < 500),
    },
  },
});

/** What is read without an account goes on: whose page it is, and that it was found out meanwhile, means nothing to it. */
const forgetOwn = () => {
  queryClient.removeQueries({ predicate: ({ meta }) => meta !== ofNobody });
  queryClient.getMutationCache().clear();
};

/** What was read belongs to who read it. */
const useForgetting = ({ session }: Parts) => {
  useEffect(() => {
    // It may have ended before this was there to hear of it.
    if (session.state.kind === 'signed-out') forgetRecent();
    let owner = session.state.kind === 'signed-in' ? session.state.userId : undefined;
    return session.subscribe(() => {
      const next = session.state.kind === 'signed-in' ? session.state.userId : undefined;
      if (next !== owner) forgetOwn();
      if (owner !== undefined && next !== owner) closeDialog();
      if (session.state.kind === 'signed-out' || (owner !== undefined && next !== owner)) forgetRecent();
      owner = next;
    });
  }, [session]);
};

export const App = ({ parts }: { readonly parts: Parts }) => {
  useForgetting(parts);
  return (
    <PartsProvider value={parts}>
      <LanguageProvider>
        <QueryClientProvider client={queryClient}>
          <ToastProvider>
            <RouterProvider router={router} />
          </ToastProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </PartsProvider>
  );
};
