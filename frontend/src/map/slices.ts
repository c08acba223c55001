import rareUrl from './rare/noto-sans-sc-rare.woff2?url';
import rareSigns from './rare/signs.txt?raw';
import sheet from '@fontsource-variable/noto-sans-sc/index.css?raw';

interface Slice {
  url: string;
  'unicode-range': string[];
}

const FILES = import.meta.glob<string>('/node_modules/@fontsource-variable/noto-sans-sc/files/*.woff2', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** The slices of the type, each with the signs that it holds: what has no file here is left out. The rare ones are `rare/`. */
export function slices(): Slice[] {
  const byName = new Map(Object.entries(FILES).map(([path, url]) => [path.slice(path.lastIndexOf('/') + 1), url]));
  const found: Slice[] = [];
  for (const [, name, ranges] of sheet.matchAll(/url\(\.\/files\/([^)]+)\)[^}]*unicode-range:\s*([^;}]+)/g)) {
    const url = byName.get(name ?? '');
    if (url && ranges) found.push({ url: new URL(url, import.meta.url).href, 'unicode-range': ranges.trim().split(',') });
  }
  const rare = Array.from(rareSigns.replaceAll('\n', ''), (sign) => `U+${sign.codePointAt(0)?.toString(16) ?? ''}`);
  return [...found, { url: new URL(rareUrl, import.meta.url).href, 'unicode-range': rare }];
}
