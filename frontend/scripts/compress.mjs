// Beside each built text file its gzip and its Brotli, which the server hands to whoever takes them. Small ones gain nothing.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const BUILD = join(import.meta.dirname, '../../src/gezhi/interfaces/web/static/build');
const SMALLEST = 1000;

for (const name of readdirSync(BUILD, { recursive: true })) {
  const path = join(BUILD, name);
  if (!/\.(js|mjs|css|svg|json)$/.test(name) || statSync(path).size < SMALLEST) continue;
  const content = readFileSync(path);
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(
    `${path}.br`,
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  );
}
