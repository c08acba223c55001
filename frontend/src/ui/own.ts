import { t } from '../kit/strings';
import { toast } from '../kit/toast';

/** Pages that the device keeps are one person's: they go when somebody signs out, and when another account signs in. */
export function keepOwnPages(): void {
  // An address without encryption has no such store, and so nothing kept.
  if (!('caches' in window)) return;
  const forget = async (but?: string) => {
    for (const name of await caches.keys()) if (name.startsWith('gezhi-pages-') && name !== `gezhi-pages-${but}`) await caches.delete(name);
  };
  void forget(document.documentElement.dataset['person']);
  document.addEventListener('submit', (event) => {
    // A form may have a field of that name.
    if (!(event.target as HTMLFormElement).getAttribute('action')?.endsWith('/logout/')) return;
    if (navigator.onLine) void forget();
    else {
      // The session would go on at the server, and the device would have nothing to show.
      event.preventDefault();
      toast(t('offline_sign_out'), { tone: 'urgent' });
    }
  });
}
