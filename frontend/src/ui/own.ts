/** Pages that the device keeps are one person's: they go when somebody signs out, and when another account signs in. */
export function keepOwnPages(): void {
  // An address without encryption has no such store, and so nothing kept.
  if (!('caches' in window)) return;
  const forget = async (but?: string) => {
    for (const name of await caches.keys()) if (name.startsWith('gezhi-pages-') && name !== `gezhi-pages-${but}`) await caches.delete(name);
  };
  void forget(document.documentElement.dataset['person']);
  document.addEventListener('submit', ({ target }) => {
    // A form may have a field of that name.
    if ((target as HTMLFormElement).getAttribute('action')?.endsWith('/logout/')) void forget();
  });
}
