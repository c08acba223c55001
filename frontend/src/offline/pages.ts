/** The pages of one worker that the service worker keeps, for a day; and what pages are made of. */
const PAGES = 'gezhi-pages-';
const MAP = 'gezhi-map';
const A_DAY = 24 * 3_600_000;
/** A page of the same case version is not fetched anew before it is so old: deadlines are told in it as time that is left. */
const STILL_GOOD = 2 * 3_600_000;
/** Longer than this nobody waits for a page that is at hand. */
const PATIENCE = 6_000;
const MOST_PICTURES = 60;
const MOST_TILES = 600;
const KEPT_AT = 'Gezhi-Kept-At';
const KEPT_OF = 'Gezhi-Kept-Of';
const NOT_KEPT = '/worker/not-kept';
/** Lists, forms and cases: never what tells of a reporter, and no page of another role. */
const KEPT = /^\/worker(?:\/(?:map|notice|done|waiting|not-kept|cases\/[^/]+))?$/;

/** A page to keep, and the version of what it shows. */
export interface Wanted {
  address: string;
  of: string;
}

export const isKept = ({ pathname }: URL): boolean => KEPT.test(pathname);

async function pagesNow(): Promise<Cache | undefined> {
  const name = (await caches.keys()).find((one) => one.startsWith(PAGES));
  return name ? caches.open(name) : undefined;
}

/** Forget all pages and pictures that are kept. */
export async function forget(but = ''): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(PAGES) && name !== PAGES + but) await caches.delete(name);
}

/** A page from the network, or as it was kept where the network or the server fails. */
export async function page(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> {
  const url = new URL(request.url);
  const atHand = await found(url);
  const asked = fetch(request);
  asked.catch(() => undefined);
  try {
    const answer = await (atHand ? Promise.race([asked, tooLong()]) : asked);
    if (answer.status < 500 || !atHand) {
      if (answer.ok && !answer.redirected) later(keepAnswer(url, answer.clone()));
      else later(leave(url, answer));
      return answer;
    }
  } catch {
    // No network.
  }
  return atHand ?? (await found(new URL(NOT_KEPT, url))) ?? Response.error();
}

const tooLong = (): Promise<never> => new Promise((_, failed) => setTimeout(() => failed(new Error('too long')), PATIENCE));

/** The kept page, saying of when it is; nothing where it is none or too old. */
async function found(url: URL): Promise<Response | undefined> {
  const pages = await pagesNow();
  const kept = await pages?.match(plain(url));
  if (!kept) return undefined;
  if (isOld(kept)) {
    await pages?.delete(plain(url));
    return undefined;
  }
  const text = (await kept.text()).replace(' data-as-of hidden', ' data-as-of');
  return new Response(text, { headers: kept.headers });
}

/** Where a page came from goes into its address, and is no other page. */
function plain(url: URL): string {
  return url.origin + url.pathname + (url.pathname.endsWith('/map') && url.searchParams.has('done') ? '?done=1' : '');
}

const isOld = (kept: Response, age = A_DAY): boolean => Date.now() - Number(kept.headers.get(KEPT_AT)) > age;

async function keepAnswer(url: URL, answer: Response, of = ''): Promise<void> {
  const text = await answer.text();
  // What is said once is not kept: the page is asked for again without it.
  if (text.includes('class="toast"')) return keep([{ address: url.pathname, of: `${Date.now()}` }]);
  const person = /data-person="(\w+)"/.exec(text)?.[1];
  if (!person || !text.includes(' data-as-of hidden')) return;
  await forget(person);
  const headers = new Headers(answer.headers);
  for (const name of ['Content-Encoding', 'Content-Length', 'Set-Cookie']) headers.delete(name);
  headers.set(KEPT_AT, String(Date.now()));
  headers.set(KEPT_OF, of || (/<live-case [^>]*\bversion="(\d+)"/.exec(text)?.[1] ?? ''));
  await (await caches.open(PAGES + person)).put(plain(url), new Response(text, { headers }));
}

/** What the person may no longer see is not kept for them either. */
async function leave(url: URL, { status }: Response): Promise<void> {
  if (status === 403 || status === 404) await (await pagesNow())?.delete(plain(url));
}

/** Fetch and keep what is not kept yet, one after another; what is too old goes. */
export async function keep(wanted: Wanted[]): Promise<void> {
  await clearOld();
  for (const { address, of } of wanted) {
    const url = new URL(address, location.href);
    const kept = await (await pagesNow())?.match(plain(url));
    if (!isKept(url) || (kept && kept.headers.get(KEPT_OF) === of && !isOld(kept, STILL_GOOD))) continue;
    try {
      const answer = await fetch(plain(url), { headers: { 'Gezhi-Keep': '1' } });
      if (answer.redirected || answer.status >= 500) return;
      if (answer.ok) await keepAnswer(url, answer, of);
      else await leave(url, answer);
    } catch {
      return;
    }
  }
}

async function clearOld(): Promise<void> {
  const pages = await pagesNow();
  for (const request of (await pages?.keys()) ?? []) {
    const kept = await pages?.match(request);
    if (kept && isOld(kept)) await pages?.delete(request);
  }
}

/** A picture of a case that was looked at, kept with the pages. */
export async function picture(request: Request): Promise<Response> {
  const pages = await pagesNow();
  const kept = await pages?.match(request);
  if (kept && !isOld(kept)) return kept;
  const answer = await fetch(request);
  if (!pages || !answer.ok) return answer;
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, String(Date.now()));
  await pages.put(request, new Response(await answer.clone().blob(), { headers }));
  await leaveRoom(pages, MOST_PICTURES, '/pictures/');
  return answer;
}

/** What the map is drawn from: its style first from the network, its tiles, whose addresses are for good, from what is kept. */
export async function ofTheMap(request: Request): Promise<Response> {
  const kept = await caches.open(MAP);
  const forGood = /\/\d+\/\d+\/\d+/.test(request.url);
  const there = forGood ? await kept.match(request) : undefined;
  if (there) return there;
  try {
    const answer = await fetch(request);
    if (answer.ok && answer.status !== 206) {
      await kept.put(request, answer.clone());
      if (forGood) await leaveRoom(kept, MOST_TILES, '/map/');
    }
    return answer;
  } catch (error) {
    const old = await kept.match(request);
    if (old) return old;
    throw error;
  }
}

/** The first that came are the first to go. */
async function leaveRoom(cache: Cache, most: number, path: string): Promise<void> {
  const there = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith(path));
  for (const request of there.slice(0, Math.max(0, there.length - most))) await cache.delete(request);
}
