import { t } from '../kit/strings';
import { toast } from '../kit/toast';

/** Pages that the device keeps are one person's: they go when somebody signs out, and when another account signs in. */
export function keepOwnPages(): void {
  const mine = document.documentElement.dataset['person'];
  // Whoever signs in here next is perhaps somebody else.
  if (mine) forgetDrafts(mine);
  document.addEventListener('submit', (event) => {
    if (signsOut(event)) forgetDrafts();
  });
  // An address without encryption has no such store, and so nothing kept.
  if (!('caches' in window)) return;
  const forget = async (but?: string) => {
    for (const name of await caches.keys()) if (name.startsWith('gezhi-pages-') && name !== `gezhi-pages-${but}`) await caches.delete(name);
  };
  void forget(mine);
  document.addEventListener('submit', (event) => {
    if (!signsOut(event)) return;
    if (navigator.onLine) void forget();
    else {
      // The session would go on at the server, and the device would have nothing to show.
      event.preventDefault();
      toast(t('offline_sign_out'), { tone: 'urgent' });
    }
  });
}

/** What somebody was writing goes with them; with `but`, that of everybody else. */
function forgetDrafts(but?: string): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith('gezhi.draft:') && !key.startsWith(`gezhi.draft:${but}:`)) sessionStorage.removeItem(key);
}

/** A form may have a field named `action`. */
function signsOut({ target }: Event): boolean {
  return (target as HTMLFormElement).getAttribute('action')?.endsWith('/logout/') === true;
}
