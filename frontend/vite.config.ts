import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { ENGINE, isOfWorker, leanEngine } from './vite.engine.ts';

// The server hashes the name of the page's entry (manifest storage) and leaves chunks alone, which carry their own
// hash. A chunk must therefore never import that entry: it would be loaded a second time under its unhashed name.
// `codeSplitting.groups` puts what both need (lit, the shared code) into a chunk of its own.
export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [leanEngine()],
  // The map's engine is built from its source, because its release has twice what the page and the worker share.
  oxc: { assumptions: { setPublicClassFields: true }, typescript: { removeClassFieldsWithoutInitializer: true } },
  resolve: {
    alias: [
      { find: /^maplibre-gl\/src\//, replacement: ENGINE },
      { find: /^maplibre-gl$/, replacement: `${ENGINE}index.ts` },
      { find: /^@maplibre\/mlt$/, replacement: fileURLToPath(new URL('src/map/engine/mlt.ts', import.meta.url)) },
    ],
  },
  build: {
    outDir: '../src/gezhi/interfaces/web/static/build',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    manifest: 'chunks.json',
    license: { fileName: 'licences.md' },
    chunkSizeWarningLimit: 1400,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { app: 'src/app.ts', map_worker: `${ENGINE}source/worker.ts` },
      output: {
        entryFileNames: ({ name }) => (name === 'app' ? '[name].js' : 'chunks/[name]-[hash].js'),
        chunkFileNames: 'chunks/[name]-[hash].js',
        assetFileNames: (asset) =>
          asset.names[0] === 'app.css' ? '[name][extname]' : 'chunks/[name]-[hash][extname]',
        codeSplitting: {
          groups: [
            { name: 'map_core', test: isOfWorker },
            { name: 'lit', test: /node_modules[\\/](lit|@lit)/ },
            { name: 'kit', test: /src[\\/]kit[\\/]|vite[\\/]preload-helper|oxc-project|rolldown/ },
          ],
        },
      },
    },
  },
});
