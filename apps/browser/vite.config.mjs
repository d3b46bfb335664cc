import { defineConfig } from 'vite';

// A page that is served with these cannot be framed by another, nor read as something else than it is.
const headers = {
  'Content-Security-Policy': "frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

export default defineConfig({
  clearScreen: false,
  // No inlined files and no helper scripts: the policy in index.html allows what this server serves, and nothing else.
  build: { target: 'es2024', modulePreload: false, assetsInlineLimit: 0, sourcemap: true },
  server: { host: '127.0.0.1', headers },
  preview: { host: '127.0.0.1', port: 4173, headers },
});
