/** The words of the workers' pages for what happens on the device; nothing where a page carries none. */
const catalogue: Record<string, string> = JSON.parse(document.getElementById('device-words')?.textContent ?? '{}');

/** The words for `key`, with `%(name)s` replaced. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  return (catalogue[key] ?? key).replace(/%\((\w+)\)s/g, (whole, name: string) => String(values[name] ?? whole));
}

const zone = document.querySelector<HTMLMetaElement>('meta[name=time-zone]')?.content;

/** 14:05 today, with its day before; in the city's own time, as the pages tell it. */
export function clock(moment: number): string {
  const [at, language] = [new Date(moment), document.documentElement.lang.startsWith('zh') ? 'zh-CN' : 'en-GB'];
  const where = zone ? { timeZone: zone } : {};
  const day = (one: Date) => one.toLocaleDateString(language, { month: 'long', day: 'numeric', ...where });
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...where });
  return day(at) === day(new Date()) ? time : `${day(at)} ${time}`;
}

/** Who is signed in, as the page says. */
export const person = (): string => document.documentElement.dataset['person'] ?? '';
