/** Words come from the server's catalogue (one catalogue for pages and scripts), in a JSON block of the page. */
const catalogue: Record<string, string> = JSON.parse(document.getElementById('strings')?.textContent ?? '{}');

/** The words for `key`, with `%(name)s` replaced. A key the page does not carry is a mistake of ours: it shows as itself. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const words = catalogue[key] ?? key;
  return words.replace(/%\((\w+)\)s/g, (whole, name: string) => String(values[name] ?? whole));
}
