import { defineConfig } from 'vite';

// With these headers another page cannot frame this page, and a browser does not guess content types.
const headers = {
  'Content-Security-Policy': "frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

export default defineConfig({
  clearScreen: false,
  // No inlined files and no helper scripts: the policy in index.html allows only files of this server.
  build: { target: 'es2024', modulePreload: false, assetsInlineLimit: 0, sourcemap: true },
  server: { host: '127.0.0.1', headers },
  preview: { host: '127.0.0.1', port: 4173, headers },
});
