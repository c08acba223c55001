import { defineConfig } from 'vite';

// The server hashes the names of the two entries (manifest storage) and leaves chunks alone, which carry their own
// hash. A chunk must therefore never import an entry: it would be loaded a second time under its unhashed name.
// `codeSplitting.groups` puts what both need (lit, the shared code) into a chunk of its own.
export default defineConfig({
  base: './',
  publicDir: false,
  build: {
    outDir: '../src/gezhi/interfaces/web/static/build',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 1400,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { app: 'src/app.ts' },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        assetFileNames: (asset) =>
          asset.names[0] === 'app.css' ? '[name][extname]' : 'chunks/[name]-[hash][extname]',
        codeSplitting: {
          groups: [
            { name: 'lit', test: /node_modules[\\/](lit|@lit)/ },
            { name: 'kit', test: /src[\\/]kit[\\/]|vite[\\/]preload-helper|oxc-project|rolldown/ },
          ],
        },
      },
    },
  },
});
