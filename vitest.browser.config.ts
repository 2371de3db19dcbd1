import { defineConfig } from 'vitest/config';

const conditions = ['paybell-source'];

// `npm run test:browser`: the console in a real Chromium. Builds the web app first when it is not up to date.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/browser/**/*.browser.ts'],
    globalSetup: ['test/browser/build.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // One Chromium at a time is what two cores carry.
    maxWorkers: 1,
    disableConsoleIntercept: true,
  },
});
