import { cutOff } from '../kit/as-of';
import { t } from '../kit/strings';
import { toast } from '../kit/toast';
import { itemOf, lacking, placeOf, type Place, stash } from './forms';
import { drop, type Item, put, queued, type Run, sendAll, SYNC } from './queue';
import { say } from './words';

/** Time in which what was sent can be taken back (milliseconds). */
const TAKE_BACK = 5_000;
/** Said by the next page. */
const SAID = 'gezhi.said';

/** At the field, where an open form covers the foot of the page. */
function tellAt(field: HTMLElement | null, words: string): void {
  const place = field?.closest('.field, .choices');
  if (!place) {
    toast(words, { tone: 'urgent' });
    return;
  }
  place.toggleAttribute('data-invalid', true);
  const told = place.querySelector('[data-lacking]') ?? document.createElement('p');
  told.className = 'field-error';
  told.setAttribute('role', 'alert');
  told.toggleAttribute('data-lacking', true);
  told.textContent = words;
  (field?.closest('.choice') ?? field)?.before(told);
}

/** Forms of the page go into the queue first and from there to the server: whatever happens on the way, they are not lost. */
export function takeForms(after: (run: Run) => void): void {
  // What can be taken back is held by the page itself, and lost with it: it goes into the queue at once, before that hears of it.
  addEventListener('submit', (event) => take(event, true, after), true);
  addEventListener('submit', (event) => take(event, false, after));
  const said = sessionStorage.getItem(SAID);
  sessionStorage.removeItem(SAID);
  if (said) toast(said, { stay: 8000 });
}

function take(event: SubmitEvent, early: boolean, after: (run: Run) => void): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented || (form.dataset['undo'] !== undefined) !== early) return;
  const place = placeOf(form);
  if (!place) return;
  const missing = early || cutOff() ? lacking(form) : undefined;
  event.preventDefault();
  event.stopImmediatePropagation();
  const told = form.querySelector('[data-lacking]')?.textContent === missing?.words;
  if (missing && !(missing.later && told)) {
    rest(form);
    tellAt(missing.field, missing.words);
    missing.field?.focus();
    return;
  }
  if (form.hasAttribute('data-queued')) return;
  form.setAttribute('data-queued', '');
  void keep(form, place, early ? TAKE_BACK : 0, after).catch((error: unknown) => {
    console.warn(error);
    // This device keeps nothing: with a network the form goes as it always did.
    if (navigator.onLine) form.submit();
    else {
      rest(form);
      toast(say('no_room'), { tone: 'urgent', stay: 15_000 });
    }
  });
}

/** The form can be used again. */
function rest(form: HTMLFormElement): void {
  form.removeAttribute('data-queued');
  for (const button of form.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy');
}

async function keep(form: HTMLFormElement, place: Place, wait: number, after: (run: Run) => void): Promise<void> {
  const item = await itemOf(form, place);
  item.next = wait ? Date.now() + wait : 0;
  const id = await put(item);
  form.closest('dialog')?.close();
  if (wait) {
    rest(form);
    let back = false;
    const undo = () => {
      back = true;
      void drop(id);
    };
    toast(`${form.dataset['undo'] || t('sent')}`, { stay: wait, undo });
    await new Promise((done) => setTimeout(done, wait));
    if (back) return;
  }
  const run = await sendAll({ shown: id, person: item.person });
  after(run);
  const answer = run.answers.get(id);
  const left = (await queued()).find((one) => one.id === id);
  if (left?.refusal) {
    // The person is still here: the server's own page says what is wrong, with all that was filled in.
    await stash(form, item.photos);
    await drop(id);
    form.submit();
    return;
  }
  await stash(form, []);
  if (left) {
    await askForSync();
    sessionStorage.setItem(SAID, say(navigator.onLine ? 'kept_sick' : 'kept'));
  }
  location.assign(answer?.next ?? next(item));
}

/** Where one goes on while a form waits: at the case, where accepting it opens more to do; else at the list. */
function next({ number, action }: Item): string {
  return action === 'accept' || action === 'note' ? `/worker/cases/${number}` : '/worker';
}

interface SyncManager {
  register(tag: string): Promise<void>;
}

/** Have the browser send it even when no page is open, where it can. */
async function askForSync(): Promise<void> {
  const found = await navigator.serviceWorker?.getRegistration('/worker').catch(() => undefined);
  const { sync } = (found ?? {}) as { sync?: SyncManager };
  await sync?.register(SYNC).catch(() => undefined);
}
