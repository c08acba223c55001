/** The banner of a page that came from the device. */
const banner = (): HTMLElement | null => document.querySelector('[data-as-of]');

/** Whether the page tells what was so when it was kept, not what is so now. */
export const tellsOfThen = (): boolean => banner()?.hidden === false;

/** Whether the page came from the device, whatever it tells by now. */
export const wasKept = (): boolean => tellsOfThen() || banner()?.dataset['asOf'] === 'caught-up';

/** Whether nothing can be counted on to answer: a browser calls itself online as soon as there is a Wi-Fi, wherever that leads. */
export const cutOff = (): boolean => !navigator.onLine || tellsOfThen();

/** The page tells what is so now. */
export function caughtUp(): void {
  const box = banner();
  if (!box || !tellsOfThen()) return;
  box.dataset['asOf'] = 'caught-up';
  box.hidden = true;
}

/** Said where what is on the screen may be old and the server can be asked: whoever shows it asks anew. */
export const BACK = 'gezhi:back';
