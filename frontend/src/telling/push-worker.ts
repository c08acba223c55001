/** Shows the city's messages about a report while none of its pages is open. It keeps no page and answers for none. */
import { pageOf } from './followed';

declare const self: ServiceWorkerGlobalScope & { GEZHI: { icon: string; follow: string } };

/** What the city sends, in the reporter's language. */
interface Told {
  number: string;
  title: string;
  body: string;
  language: string;
  stop: string;
  stop_words: string;
}

/** Not every browser has these yet; those that have not leave them out. */
interface Shown extends NotificationOptions {
  renotify: boolean;
  actions: { action: string; title: string }[];
}

const STOP = 'stop';
const NOTHING: Told = { number: '', title: 'Gezhi 格治', body: '', language: '', stop: '', stop_words: '' };

self.addEventListener('install', () => void self.skipWaiting());

self.addEventListener('push', (event) => {
  const told = read(event.data);
  const shown: Shown = {
    body: told.body,
    lang: told.language,
    icon: self.GEZHI.icon,
    // What is newer about a report takes the place of what is older.
    tag: told.number || 'gezhi',
    renotify: true,
    data: { number: told.number, stop: told.stop },
    actions: told.stop ? [{ action: STOP, title: told.stop_words }] : [],
  };
  event.waitUntil(self.registration.showNotification(told.title, shown));
});

/** A browser shows something for each message, also for one that cannot be read. */
function read(data: PushMessageData | null): Told {
  try {
    return { ...NOTHING, ...(data?.json() as Partial<Told> | undefined) };
  } catch {
    return NOTHING;
  }
}

self.addEventListener('notificationclick', (event) => {
  const { number, stop } = event.notification.data as Pick<Told, 'number' | 'stop'>;
  event.notification.close();
  event.waitUntil(event.action === STOP ? self.clients.openWindow(`/stop/${encodeURIComponent(stop)}`) : openPage(number));
});

/** The report's page, in the window that shows it already if there is one; without its code, where the code is asked for. */
async function openPage(number: string): Promise<void> {
  const page = (await pageOf(number)) ?? self.GEZHI.follow;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = windows.find(({ url }) => new URL(url).pathname === page);
  if (!there) {
    await self.clients.openWindow(page);
    return;
  }
  await there.focus();
  there.postMessage({ say: 'told' });
}
