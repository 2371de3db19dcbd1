import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { Refused } from './api/client.ts';
import { sessionQuery } from './api/session.ts';
import { App, preload } from './app.tsx';
import './theme/tokens.css';
import './theme/base.css';
import './theme/theme.ts';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // What was refused will be refused again; what did not answer may.
      retry: (failures, error) => failures < 2 && (!(error instanceof Refused) || error.status === 0),
      refetchOnWindowFocus: false,
      staleTime: 1_000,
      // The server is this machine's own as a rule: a browser without a network reaches it all the same.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

// Whatever fails here is asked again, and said, by what needs it.
await Promise.allSettled([preload(location.pathname), client.prefetchQuery(sessionQuery)]);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <BrowserRouter>
        <App />
      </BrowserRouter>
    </QueryClientProvider>
  </StrictMode>,
);
