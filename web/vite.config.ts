import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev` in this folder finds a running `paybell dev`. */
const SERVER = process.env['PAYBELL_URL'] ?? 'http://127.0.0.1:4242';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    target: 'es2023',
    // The console's Content-Security-Policy allows no data: addresses for code, and nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
  server: { proxy: { '/api': SERVER, '/metrics': SERVER, '/status.json': SERVER } },
});
