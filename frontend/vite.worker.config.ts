import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// One file without imports: a service worker of modules would ask for its parts from where it is served, not from where
// they stand, and older browsers know none.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: '../src/gezhi/interfaces/web/static/build',
    emptyOutDir: false,
    target: 'es2022',
    lib: {
      entry: fileURLToPath(new URL('src/offline/service-worker.ts', import.meta.url)),
      formats: ['iife'],
      name: 'gezhi',
      fileName: () => 'service-worker.js',
    },
  },
});
