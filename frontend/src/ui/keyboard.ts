import { press } from '../kit/press';
import { t } from '../kit/strings';
import { walk } from '../kit/walk';

/** Keys: an element with `data-key="d"` is pressed by that key; j and k walk the list; ? shows what there is. */
export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    const field = event.target;
    if (event.key === 'Escape' && field instanceof HTMLInputElement && field.type === 'search') {
      // The browser's own way is to empty the field; here the words stay, and the keys of the page work again.
      event.preventDefault();
      field.blur();
      return;
    }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target instanceof Element) {
      // The words are written: the form that they stand in is sent by its main button.
      const place = event.target.closest('dialog[open], form');
      if (place?.querySelector(`${MAIN}, [hx-get][hx-trigger=load]`)) {
        event.preventDefault();
        pressMain(place, performance.now() + PATIENCE);
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isMaps(event)) return;
    if (document.querySelector('dialog[open]')) return;
    if (event.key === '?') {
      event.preventDefault();
      showSheet();
      return;
    }
    if ((event.key === 'j' || event.key === 'k') && walk(event.key === 'j' ? 1 : -1)) {
      event.preventDefault();
      return;
    }
    const target = [...document.querySelectorAll<HTMLElement>('[data-key]')].find(
      (candidate) => candidate.dataset['key'] === event.key && (candidate.offsetParent !== null || candidate.closest(FOLDED)),
    );
    if (!target) {
      document.dispatchEvent(new CustomEvent('gezhi:key', { detail: event.key }));
      return;
    }
    event.preventDefault();
    press(target);
  });
  document.addEventListener('click', (event) => {
    if ((event.target as Element).closest('[data-show-keys]')) showSheet();
  });
}

// What is folded away has its keys all the same.
const FOLDED = '.actions-more, .list-more';
const MAIN = '.button-primary:not([type=button])';
// A form that is still on its way is waited for so long (milliseconds).
const PATIENCE = 3_000;

/** Press the main button, as soon as it is there and its form is one that the page sends by itself. */
function pressMain(place: Element, until: number): void {
  const button = place.querySelector<HTMLButtonElement>(MAIN);
  if (button && (!button.form?.hasAttribute('hx-post') || button.form.hasAttribute('data-htmx-powered'))) button.click();
  else if (performance.now() < until) setTimeout(() => pressMain(place, until), 30);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input, select, textarea, [contenteditable]');
}

/** A key that the map with the focus is moved by. */
function isMaps({ target, key }: KeyboardEvent): boolean {
  return target instanceof Element && target.matches('canvas') && (key.startsWith('Arrow') || ['+', '=', '-', '_'].includes(key));
}

/** The sheet is made from what is on the page at this moment, so it is never out of date. */
function showSheet(): void {
  const dialog = document.querySelector<HTMLDialogElement>('#keys');
  const list = dialog?.querySelector('.keys');
  if (!dialog || !list) return;
  const lines: [string, string][] = [];
  if (document.querySelector('[data-walk]')) lines.push(['j', t('key_next')], ['k', t('key_previous')]);
  for (const element of document.querySelectorAll<HTMLElement>('[data-key]')) {
    const words = element.dataset['keyLabel'] ?? element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '';
    if (element.offsetParent !== null || element.closest(FOLDED)) lines.push([element.dataset['key'] ?? '', words]);
  }
  const known = new Set(lines.map(([key]) => key));
  for (const { dataset } of document.querySelectorAll<HTMLElement>('[data-told-key]')) {
    const key = dataset['toldKey'] ?? '';
    if (!known.has(key)) lines.push([key, dataset['keyLabel'] ?? '']);
  }
  lines.push(['Ctrl+Enter', t('key_send')], ['?', t('key_sheet')]);
  list.replaceChildren(
    ...lines.flatMap(([key, words]) => {
      const term = document.createElement('dt');
      const cap = document.createElement('kbd');
      cap.textContent = key;
      term.append(cap);
      const meaning = document.createElement('dd');
      meaning.textContent = words.replace(new RegExp(`\\s*${escapeKey(key)}$`), '');
      return [term, meaning];
    }),
  );
  dialog.showModal();
}

function escapeKey(key: string): string {
  return key.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
