import { fetchPart } from '../kit/part';
import { t } from '../kit/strings';

/** What stands where: the parts of a case's page that can be put in the place of older ones. */
const PARTS = '[data-part]';
const ACTIONS = '[data-part=actions]';

/**
 * Ask for the case as it is now and renew the parts of its page. Words that somebody is writing, and the form around them,
 * stay: the form learns of the new version, since its reader sees what changed. False: the server gave no such page.
 */
export async function renewCase(teller: HTMLElement): Promise<boolean> {
  const address = teller.getAttribute('page') ?? '';
  const now = await fetchPart(address);
  if (!now) return false;
  const newer = now.querySelector(`live-case[number="${CSS.escape(teller.getAttribute('number') ?? '')}"]`);
  if (!newer || !teller.isConnected) return newer !== null;
  const version = newer.getAttribute('version') ?? '';
  if (version === teller.getAttribute('version')) return true;
  const what = lastStep(now);
  const home = teller.closest('[data-case-page]') ?? document;
  const writing = isWriting(home.querySelector(ACTIONS));
  for (const part of home.querySelectorAll<HTMLElement>(PARTS)) {
    const name = part.dataset['part'] ?? '';
    const fresh = now.querySelector<HTMLElement>(`[data-part=${name}]`);
    if (!fresh) continue;
    if (name === 'actions' && writing) carryOn(part, fresh, version);
    else put(part, fresh);
  }
  teller.setAttribute('version', version);
  const words = teller.querySelector<HTMLElement>('[data-just-now]');
  if (words) words.textContent = t('case_just_now', { what });
  words?.closest('.banner')?.removeAttribute('hidden');
  for (const place of home.querySelectorAll<HTMLElement>('dialog[open] [data-meanwhile]')) {
    place.textContent = place.closest('[data-past]') ? t('case_step_gone', { what }) : t('case_meanwhile', { what });
    place.closest('.banner')?.removeAttribute('hidden');
  }
  return true;
}

function put(part: HTMLElement, fresh: HTMLElement): void {
  const focus = document.activeElement instanceof HTMLElement && part.contains(document.activeElement) ? document.activeElement.id : '';
  part.replaceChildren(...fresh.childNodes);
  part.toggleAttribute('data-renewed', true);
  window.htmx?.process(part);
  if (focus) document.querySelector<HTMLElement>(`#${CSS.escape(focus)}`)?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent('gezhi:renewed'));
}

/** A form is open, is on its way with time to take it back, or holds words that were not sent. */
function isWriting(actions: Element | null): boolean {
  if (!actions) return false;
  if (actions.querySelector('dialog[open], form[data-pending]')) return true;
  return [...actions.querySelectorAll<HTMLTextAreaElement>('textarea')].some((field) => field.value !== field.defaultValue);
}

/** The buttons are the new ones; an open form stays, with the version that its reader has now seen. */
function carryOn(part: HTMLElement, fresh: HTMLElement, version: string): void {
  const [old, buttons] = [part.querySelector('.actions'), fresh.querySelector('.actions')];
  if (old && buttons) old.replaceWith(buttons);
  if (buttons) window.htmx?.process(buttons);
  for (const dialog of part.querySelectorAll('dialog')) {
    const form = dialog.querySelector('form');
    const possible = fresh.querySelector(`#${CSS.escape(dialog.id)}`) !== null;
    dialog.toggleAttribute('data-past', !possible);
    for (const button of dialog.querySelectorAll<HTMLButtonElement>('button:not([type=button])')) button.disabled = !possible;
    // What is on its way was sent for the case as it was: only its reader could say that it still holds.
    if (form && !form.hasAttribute('data-pending')) form.querySelector<HTMLInputElement>('[name=version]')?.setAttribute('value', version);
  }
  // A step that was not possible before has a form that is not here yet.
  for (const dialog of fresh.querySelectorAll('dialog')) {
    if (part.querySelector(`#${CSS.escape(dialog.id)}`)) continue;
    part.append(dialog);
    window.htmx?.process(dialog);
  }
}

function lastStep(now: Document): string {
  const step = now.querySelector('[data-part=history] li');
  const [what, when] = [step?.querySelector('.timeline-what')?.textContent ?? '', step?.querySelector('.timeline-when')?.textContent ?? ''];
  return [what, when].map((words) => words.trim()).filter(Boolean).join(' · ');
}
