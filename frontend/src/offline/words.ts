/** The words of the workers' pages for what happens on the device; nothing where a page carries none. */
const catalogue: Record<string, string> = JSON.parse(document.getElementById('device-words')?.textContent ?? '{}');

/** The words for `key`, with `%(name)s` replaced. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  return (catalogue[key] ?? key).replace(/%\((\w+)\)s/g, (whole, name: string) => String(values[name] ?? whole));
}

/** 14:05 today, with its day before. */
export function clock(moment: number): string {
  const [at, language] = [new Date(moment), document.documentElement.lang];
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (at.toDateString() === new Date().toDateString()) return time;
  return `${at.toLocaleDateString(language.startsWith('zh') ? 'zh-CN' : 'en-GB', { month: 'long', day: 'numeric' })} ${time}`;
}

/** Who is signed in, as the page says. */
export const person = (): string => document.documentElement.dataset['person'] ?? '';
