import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem } from './api/client.ts';
import { Telling } from './parts/toast.tsx';
import { router } from './router.tsx';
import { followTheme } from './shell/theme.ts';
import { languageNow, loadTexts, Speaking } from './texts/texts.tsx';

followTheme();

/** What will not be otherwise the next time is not asked for again. */
const RETRIES = 2;
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) =>
        failures < RETRIES && error instanceof ApiProblem && (error.status === 0 || error.status >= 500),
    },
  },
});

const language = languageNow();
document.documentElement.lang = language;
const texts = await loadTexts(language);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Speaking language={language} texts={texts}>
        <Telling>
          <RouterProvider router={router} />
        </Telling>
      </Speaking>
    </QueryClientProvider>
  </StrictMode>,
);
