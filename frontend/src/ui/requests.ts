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
    if (split) split.dataset['showing'] = document.querySelector('#case [data-case-page]') ? 'case' : 'list';
    openRefused();
    const heading = document.querySelector<HTMLElement>('#case [data-focus]');
    heading?.focus({ preventScroll: true });
  });
  document.addEventListener('gezhi:toast', (event) => toast((event as CustomEvent<{ words: string }>).detail.words));
  openRefused();
  for (const said of document.querySelectorAll('.toasts .toast')) leaveLater(said);
  document.addEventListener('htmx:error', () => toast(t('request_failed'), { tone: 'urgent' }));
  window.addEventListener('offline', () => toast(t('offline'), { tone: 'urgent' }));
  window.addEventListener('online', () => toast(t('online')));
}

/** A form that came back with an error opens again where the person left it. */
function openRefused(): void {
  document.querySelector<HTMLDialogElement>('dialog[data-open]:not([open])')?.showModal();
}
