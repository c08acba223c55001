import { cutOff } from '../kit/as-of';
import { t } from '../kit/strings';
import { leaveLater, toast } from '../kit/toast';

/** What partial requests need: the chosen row marked, the reader's place kept, and an honest word when they fail. */
export function followRequests(): void {
  document.addEventListener('click', (event) => {
    const row = (event.target as Element).closest('[data-walk] a.list-row');
    if (!row) return;
    for (const other of document.querySelectorAll('[data-walk] a.list-row[aria-current]')) other.removeAttribute('aria-current');
    row.setAttribute('aria-current', 'true');
    row.removeAttribute('data-fresh');
  });
  document.addEventListener('htmx:after:swap', () => {
    const split = document.querySelector<HTMLElement>('.split');
    if (split) split.dataset['showing'] = document.querySelector('#case :is([data-case-page], [data-several])') ? 'case' : document.querySelector('#case case-map') ? 'map' : 'list';
    openRefused();
    // A part of the case may come after it: the reader is somewhere else by then.
    const heading = document.querySelector<HTMLElement>('#case [data-focus]:not([data-seen])');
    heading?.setAttribute('data-seen', '');
    heading?.focus({ preventScroll: true });
  });
  document.addEventListener('htmx:before:swap', (event) => leaveNoStyles(event as CustomEvent<{ tasks?: Swap[] }>));
  document.addEventListener('gezhi:toast', (event) => toast((event as CustomEvent<{ words: string }>).detail.words));
  document.querySelector('#case [data-focus]')?.setAttribute('data-seen', '');
  openRefused();
  for (const said of document.querySelectorAll('.toasts .toast')) leaveLater(said);
  document.addEventListener('htmx:error', ({ target }) => {
    // Suggestions while one writes are no request of theirs: without a network there are none.
    if (!cutOff() || !(target instanceof HTMLTextAreaElement)) toast(navigator.onLine ? t('request_failed') : t('offline_part'), { tone: 'urgent' });
  });
  window.addEventListener('offline', () => toast(t('offline'), { tone: 'urgent' }));
  window.addEventListener('online', () => toast(t('online')));
}

/** A form that came back with an error opens again where the person left it. */
function openRefused(): void {
  const dialog = document.querySelector<HTMLDialogElement>('dialog[data-open]:not([open])');
  // Once: closed by the person, it stays closed when another part of the page comes.
  dialog?.removeAttribute('data-open');
  dialog?.showModal();
}

interface Swap {
  target?: Element | string;
}

/**
 * What is swapped in takes over the attributes `class` and `style` of what had its id before, so that changes can be
 * animated. A style that a script or the browser has set on an element is not for its successor, and as an attribute the
 * pages' policy refuses it.
 */
function leaveNoStyles(event: CustomEvent<{ tasks?: Swap[] }>): void {
  for (const { target } of event.detail.tasks ?? []) {
    const place = typeof target === 'string' ? document.querySelector(target) : target;
    for (const element of place?.querySelectorAll('[id][style]') ?? []) element.removeAttribute('style');
  }
}
