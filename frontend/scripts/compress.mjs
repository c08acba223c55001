// Beside each built text file, and each drawing of the pages, its gzip and its Brotli, which the server hands to whoever takes
// them. Small ones gain nothing.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const STATIC = join(import.meta.dirname, '../../src/gezhi/interfaces/web/static');
const SMALLEST = 1000;

const files = ['build', 'web'].flatMap((folder) => readdirSync(join(STATIC, folder), { recursive: true }).map((name) => join(STATIC, folder, name)));
for (const path of files) {
  if (!/\.(js|mjs|css|svg|json)$/.test(path) || statSync(path).size < SMALLEST) continue;
  const content = readFileSync(path);
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(
    `${path}.br`,
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  );
}
