import { askPart } from '../kit/part';
import { t } from '../kit/strings';
import { toast } from '../kit/toast';

/** Counters under long fields, buttons that cannot be pressed twice, and sending that can be taken back. */
export function helpForms(): void {
  document.addEventListener('input', (event) => {
    const field = event.target;
    if (field instanceof HTMLTextAreaElement && field.dataset['limit']) count(field);
  });
  for (const field of document.querySelectorAll<HTMLTextAreaElement>('textarea[data-limit]')) count(field);
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset['undo'] !== undefined && !form.hasAttribute('data-sent') && !lacksWords(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      sendLater(form);
      return;
    }
    if (form.method === 'post' && !form.hasAttribute('hx-post')) {
      for (const button of form.querySelectorAll('button[type=submit]')) button.setAttribute('aria-busy', 'true');
    }
  }, true);
  // A page that comes back from the browser's memory must be usable again.
  window.addEventListener('pageshow', () => {
    for (const button of document.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy');
  });
  document.addEventListener('change', (event) => {
    const field = event.target as HTMLElement;
    if (field.matches('[data-submit-on-change]')) (field as HTMLInputElement).form?.requestSubmit();
  });
  document.addEventListener('click', (event) => {
    const element = event.target as Element;
    const opener = element.closest<HTMLElement>('[data-dialog]');
    if (opener) document.querySelector<HTMLDialogElement>(`#${opener.dataset['dialog']}`)?.showModal();
    if (element.closest('[data-close]')) element.closest('dialog')?.close();
    const picture = element.closest<HTMLAnchorElement>('a[data-picture]');
    if (picture && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      import('../elements/picture-viewer').then(({ showPicture }) => showPicture(picture), () => location.assign(picture.href));
    }
    const copy = element.closest<HTMLElement>('[data-copy]');
    if (copy) void navigator.clipboard.writeText(copy.dataset['copy'] ?? '').then(() => toast(t('copied')));
  });
}

// Nearer to the limit than this, the figure is worth reading.
const WORTH_TELLING = 0.8;

/** A reason that is missing is said at once, not after the time for taking back. */
function lacksWords(form: HTMLFormElement): boolean {
  return [...form.querySelectorAll<HTMLTextAreaElement>('textarea[data-needed]')].some((field) => field.value.trim() === '');
}

/** Nothing is cut off: a text that is too long says so, and stays whole for whoever shortens it. */
function count(field: HTMLTextAreaElement): void {
  const place = field.closest('.field')?.querySelector('.field-count');
  if (!place) return;
  // Python counts characters, a browser counts halves of rare ones; lines end with two characters when they are sent.
  const [length, limit] = [[...field.value.replaceAll('\n', '\r\n')].length, Number(field.dataset['limit'])];
  place.textContent = length > limit * WORTH_TELLING ? `${length} / ${limit}` : '';
  place.toggleAttribute('data-over', length > limit);
}

/**
 * Nothing is asked twice: the words go after five seconds (or `data-undo-for`), or at once when the page is left, unless taken
 * back.
 */
function sendLater(form: HTMLFormElement): void {
  form.closest('dialog')?.close();
  form.setAttribute('data-pending', '');
  const number = form.closest<HTMLElement>('[data-case-page]')?.dataset['casePage'] ?? '';
  let open = true;
  const content = new FormData(form);
  const stay = Number(form.dataset['undoFor'] || 5) * 1000;
  // What a page sends as it goes is small: a browser drops pictures then, so they go before it.
  const heavy = [...content.values()].some((value) => value instanceof File && value.size > 0);
  /** Whether it is still to be sent, by whoever asks first. */
  const take = (): boolean => {
    const mine = open;
    open = false;
    clearTimeout(timer);
    window.removeEventListener('pagehide', flush);
    window.removeEventListener('beforeunload', hold);
    document.removeEventListener('visibilitychange', leave);
    return mine;
  };
  const send = () => {
    if (!take()) return;
    if (form.isConnected) {
      form.setAttribute('data-sent', '');
      form.requestSubmit();
      return;
    }
    // The person has gone on to another case: the form is off the page, its content is not.
    void askPart(form.action, { method: 'POST', body: content }).then((answer) => {
      const { 'gezhi:toast': told, 'gezhi:acted': acted } = JSON.parse(answer.headers.get('HX-Trigger') ?? '{}') as { 'gezhi:toast'?: { words: string }; 'gezhi:acted'?: object };
      if (told) toast(told.words);
      if (acted) document.dispatchEvent(new CustomEvent('gezhi:acted', { detail: acted }));
      if (!answer.ok) void answer.text().then((page) => toast(refusalIn(page, number), { tone: 'urgent', stay: 20_000 }));
      document.dispatchEvent(new CustomEvent('gezhi:unsent', { detail: number }));
    });
  };
  const post = () => fetch(form.action, { method: 'POST', body: content, keepalive: !heavy, redirect: 'manual' });
  const hold = (event: BeforeUnloadEvent) => {
    event.preventDefault();
    send();
  };
  const flush = () => {
    if (take()) void post();
  };
  // A phone ends a page that is out of sight without another word. What is sent in parts of a page waits for its answer.
  const leave = () => {
    if (document.visibilityState !== 'hidden' || form.hasAttribute('hx-post') || !take()) return;
    close();
    void post().then(({ type }) => {
      if (type === 'opaqueredirect') location.reload();
      else toast(t('request_failed'), { tone: 'urgent' });
    });
  };
  const timer = setTimeout(send, stay);
  window.addEventListener('pagehide', flush);
  if (heavy) window.addEventListener('beforeunload', hold);
  document.addEventListener('visibilitychange', leave);
  const close = toast(form.dataset['undo'] || t('sent'), { stay, undo: () => {
    take();
    form.removeAttribute('data-pending');
    document.dispatchEvent(new CustomEvent('gezhi:unsent', { detail: number }));
  } });
  if (number) document.dispatchEvent(new CustomEvent('gezhi:sending', { detail: number }));
}

/** Why the server refused, in its own words, and of which case: its page is not on the screen any more. */
function refusalIn(page: string, number: string): string {
  const words = new DOMParser().parseFromString(page, 'text/html').querySelector('[role=alert] p, [role=alert]')?.textContent?.trim();
  return [number, words || t('request_failed')].filter(Boolean).join(' · ');
}
