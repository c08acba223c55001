import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The workers, by the name of the mode they are built in. */
const SOURCES: Record<string, string> = {
  'service-worker': 'src/offline/service-worker.ts',
  'push-worker': 'src/telling/push-worker.ts',
};

// One file each without imports: a service worker of modules would ask for its parts from where it is served, not from where
// they stand, and older browsers know none.
export default defineConfig(({ mode }) => ({
  publicDir: false,
  build: {
    outDir: '../src/gezhi/interfaces/web/static/build',
    emptyOutDir: false,
    target: 'es2022',
    lib: {
      entry: fileURLToPath(new URL(SOURCES[mode] ?? '', import.meta.url)),
      formats: ['iife'],
      name: 'gezhi',
      fileName: () => `${mode}.js`,
    },
  },
}));
