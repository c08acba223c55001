/** Answers for the workers' pages where the network does not, and sends what waits while no page is open. */
import { forget, isKept, keep, ofTheMap, page, picture, type Wanted } from './pages';
import { sendAll, SYNC } from './queue';

declare const self: ServiceWorkerGlobalScope & { GEZHI: { version: string; shell: string[] } };

const SHELL = 'gezhi-shell-';
const OURS = SHELL + self.GEZHI.version;
/** Time in which what was just sent can be taken back, with some to spare (milliseconds). */
const TAKE_BACK = 6_000;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(OURS)
      .then((shell) => shell.addAll(self.GEZHI.shell))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith(SHELL) && name !== OURS);
      for (const name of old) await caches.delete(name);
      // The pages that are kept are made of the parts that have just gone.
      if (old.length > 0) await forget();
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (isKept(url)) event.respondWith(page(request, (work) => event.waitUntil(work)));
  } else if (url.pathname.startsWith('/static/')) event.respondWith(part(request));
  else if (url.pathname.startsWith('/pictures/')) event.respondWith(picture(request));
  else if (/^\/map\/(?:tiles\.json$|tiles\/|options$|base\/[^/]+\/\d+\/)/.test(url.pathname)) event.respondWith(ofTheMap(request));
});

/** A part of the pages, as it was when this version came; fonts from when they were first wanted. */
async function part(request: Request): Promise<Response> {
  const shell = await caches.open(OURS);
  const kept = await shell.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && answer.type === 'basic' && answer.status !== 206) await shell.put(request, answer.clone());
  return answer;
}

self.addEventListener('message', (event) => {
  const { say, pages } = event.data as { say: 'keep' | 'send' | 'forget'; pages?: Wanted[] };
  if (say === 'keep') event.waitUntil(keep(pages ?? []));
  if (say === 'forget') event.waitUntil(forget());
  if (say === 'send') event.waitUntil(new Promise((done) => setTimeout(done, TAKE_BACK)).then(() => sendAll()));
});

interface Sync extends ExtendableEvent {
  tag: string;
}

self.addEventListener('sync' as 'message', (event) => {
  const { tag } = event as unknown as Sync;
  // Rejected, it is tried again by the browser, in its own time.
  if (tag === SYNC)
    event.waitUntil(
      sendAll({ eager: true }).then(({ stopped }) => {
        if (stopped === 'network') throw new Error('no network');
      }),
    );
});
