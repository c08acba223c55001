// Figures apart from letters: a Chinese page has figures and hardly a letter, and figures are a quarter of the Latin slice of the
// font. Both are cut from it beside the package that it comes from.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import subsetFont from 'subset-font';

const MODULES = join(import.meta.dirname, '../node_modules');
const SLICE = join(MODULES, '@fontsource-variable/noto-sans-sc/files/noto-sans-sc-latin-wght-normal.woff2');
const INTO = join(MODULES, '.latin');
// As `unicode-range` has them in `tokens.css`.
const PARTS = {
  figures: [[0x20, 0x40], [0xa0, 0xa0], [0xb0, 0xb3], [0xd7, 0xd7]],
  letters: [[0x41, 0x7e], [0xa1, 0xaf], [0xb4, 0xb6], [0xb8, 0xd6], [0xd8, 0xff]],
};

const font = readFileSync(SLICE);
mkdirSync(INTO, { recursive: true });
for (const [name, ranges] of Object.entries(PARTS)) {
  const signs = ranges.map(([first, last]) => String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, place) => first + place)));
  const part = await subsetFont(font, signs.join(''), { targetFormat: 'woff2' });
  writeFileSync(join(INTO, `latin-${name}.woff2`), part);
}
