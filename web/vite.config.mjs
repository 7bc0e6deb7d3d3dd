/** How the web app is built: files that one server hands out under /app/, none of them inline, none from elsewhere. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  root: path('.'),
  base: '/app/',
  plugins: [react()],
  // `npx vite web` while screens are written, beside a server that runs.
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
  build: {
    outDir: path('../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // The policy lets no script stand in the page, nor a picture in a style sheet.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Names, versions and licences of everything that went into it.
    license: { fileName: 'licenses.md' },
    manifest: 'manifest.json',
    reportCompressedSize: false,
  },
});
