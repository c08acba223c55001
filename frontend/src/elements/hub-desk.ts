import { t } from '../kit/strings';
import { forgetDrafts, keepDraft, putBackDrafts } from '../hub/drafts';
import type { Change } from '../kit/live';
import { asked, leaveOthers, watchOthers } from '../hub/others';
import { press } from '../kit/press';
import { walk } from '../kit/walk';

const CURRENT = '[data-walk] a.list-row[aria-current=true]';
// A key that was pressed while no case was open waits so long (milliseconds) for the case to come.
const PATIENCE = 3_000;
// As long as a toast (milliseconds).
const TELLING = 6_000;

/**
 * What makes the hub quick at the hundredth case: a key pressed while no case is open opens the first and is pressed there;
 * after a step that takes a case out of the list the next one opens, and the row tells what became of it.
 */
export class HubDesk extends HTMLElement {
  private waiting = { key: '', until: 0 };

  private readonly chosen = (event: Event) => this.choose(event.target as Element);
  private readonly keyed = (event: Event) => this.openFirst((event as CustomEvent<string>).detail);
  private readonly swapped = () => {
    putBackDrafts();
    this.pressWaiting();
    this.lookAt(openCase());
  };
  private readonly renewed = () => putBackDrafts();
  private readonly typed = (event: Event) => {
    if (event.target instanceof HTMLTextAreaElement) keepDraft(event.target);
  };
  // A window closed, whether its form was sent or not: nothing is being filled in any more.
  private readonly closed = (event: Event) => {
    if ((event.target as Element).closest('#case dialog')) asked();
  };
  // Whoever took the step has sent their form.
  private readonly moved = (event: Event) => {
    if ((event as CustomEvent<Change>).detail.number === this.looking) asked();
  };
  private looking = '';
  private readonly acted = (event: Event) => this.moveOn((event as CustomEvent<Acted>).detail);
  private readonly unsent = (event: Event) => this.unmark((event as CustomEvent<string>).detail);
  private readonly sending = (event: Event) => this.leave((event as CustomEvent<string>).detail);

  connectedCallback(): void {
    document.addEventListener('gezhi:key', this.keyed);
    document.addEventListener('click', this.chosen);
    document.addEventListener('htmx:after:swap', this.swapped);
    document.addEventListener('gezhi:renewed', this.renewed);
    document.addEventListener('input', this.typed);
    putBackDrafts();
    watchOthers();
    document.addEventListener('close', this.closed, true);
    document.addEventListener('gezhi:case', this.moved);
    this.looking = openCase();
    document.addEventListener('gezhi:acted', this.acted);
    document.addEventListener('gezhi:sending', this.sending);
    document.addEventListener('gezhi:unsent', this.unsent);
  }

  disconnectedCallback(): void {
    document.removeEventListener('gezhi:key', this.keyed);
    document.removeEventListener('click', this.chosen);
    document.removeEventListener('htmx:after:swap', this.swapped);
    document.removeEventListener('gezhi:renewed', this.renewed);
    document.removeEventListener('input', this.typed);
    leaveOthers();
    document.removeEventListener('close', this.closed, true);
    document.removeEventListener('gezhi:case', this.moved);
    document.removeEventListener('gezhi:acted', this.acted);
    document.removeEventListener('gezhi:sending', this.sending);
    document.removeEventListener('gezhi:unsent', this.unsent);
  }

  private openFirst(key: string): void {
    if (key.length !== 1 || document.querySelector('#case [data-case-page]') || !walk(0)) return;
    this.waiting = { key, until: performance.now() + PATIENCE };
  }

  private pressWaiting(): void {
    const { key, until } = this.waiting;
    if (!key || !document.querySelector('#case [data-case-page]')) return;
    this.waiting = { key: '', until: 0 };
    const button = document.querySelector<HTMLElement>(`#case [data-key="${CSS.escape(key)}"]`);
    if (button && performance.now() < until) press(button);
  }

  /** Boxes stand beside the rows while somebody chooses several; what is ticked is said beside the button that goes on. */
  private choose(pressed: Element): void {
    if (pressed.closest('#case [data-dialog]')) asked();
    insertTemplate(pressed.closest<HTMLElement>('[data-insert]'));
    const split = this.closest<HTMLElement>('.split');
    const form = split?.querySelector<HTMLFormElement>('#picked');
    if (!split || !form) return;
    const boxes = [...split.querySelectorAll<HTMLInputElement>('.row-pick')];
    const opener = pressed.closest('[data-choose-several]');
    if (opener) {
      const on = split.toggleAttribute('data-picking');
      split.querySelector('[data-choose-several][aria-pressed]')?.setAttribute('aria-pressed', String(on));
      opener.closest('details')?.removeAttribute('open');
      form.hidden = !on;
      for (const box of boxes) box.checked = false;
      if (on) boxes[0]?.focus();
    } else if (pressed.closest('[data-pick-all]')) for (const box of boxes) box.checked = true;
    else if (!pressed.matches('.row-pick')) return;
    const count = boxes.filter((box) => box.checked).length;
    const told = form.querySelector('[data-picked]');
    if (told) told.textContent = t('picked', { count });
    form.querySelector<HTMLButtonElement>('.button-primary')?.toggleAttribute('disabled', count === 0);
  }

  private lookAt(number: string): void {
    const heading = document.querySelector('main > h1')?.textContent ?? '';
    document.title = [number, heading, document.title.split(' · ').at(-1)].filter(Boolean).join(' · ');
    if (number === this.looking) return;
    this.looking = number;
    asked();
  }

  /** The step is done: where its case belongs to the list no longer, the next one's turn has come. */
  private moveOn({ number, status }: Acted): void {
    forgetDrafts(number);
    // With the part that comes now the form is off the page: it is told then.
    this.looking = '';
    const statuses = statusesOfList();
    if (!statuses || statuses.split(',').includes(status)) return;
    if (document.querySelector(CURRENT)?.getAttribute('data-case') === number) openNext();
    takeOut(number);
  }

  /** The step goes in some seconds and can be taken back until then: its case waits in the list. */
  private leave(number: string): void {
    const row = document.querySelector(CURRENT);
    if (row?.getAttribute('data-case') !== number || !statusesOfList()) return;
    const mark = document.createElement('span');
    mark.className = 'chip';
    mark.dataset['sending'] = '';
    mark.textContent = t('being_sent');
    row.querySelector('.case-meta')?.append(mark);
    openNext();
  }

  private unmark(number: string): void {
    for (const mark of document.querySelectorAll(`[data-case="${CSS.escape(number)}"] [data-sending]`)) mark.remove();
  }
}

/** The number of the case that is open beside the list; empty: none is. */
function openCase(): string {
  return document.querySelector<HTMLElement>('#case [data-case-page]')?.dataset['casePage'] ?? '';
}

function rowOf(number: string): Element | null {
  return document.querySelector(`[data-walk] a.list-row[data-case="${CSS.escape(number)}"]`);
}

/** A row that belongs to the list no longer tells what became of it as long as a toast does, and then leaves. */
function takeOut(number: string): void {
  setTimeout(() => rowOf(number)?.setAttribute('data-gone', ''), 0);
  setTimeout(() => {
    const row = rowOf(number);
    if (!row || row.getAttribute('aria-current') === 'true') return;
    if (row.contains(document.activeElement)) walk(1);
    (row.closest('li') ?? row).remove();
  }, TELLING);
}

function statusesOfList(): string {
  return document.querySelector('live-list')?.getAttribute('statuses') ?? '';
}

/** The words of a template go where the reader left off writing, and can be changed there. */
function insertTemplate(pressed: HTMLElement | null): void {
  const field = document.querySelector<HTMLTextAreaElement>(`#${pressed?.dataset['insert'] ?? 'none'}`);
  if (!pressed || !field) return;
  field.setRangeText(pressed.dataset['words'] ?? '', field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
}

interface Acted {
  number: string;
  status: string;
}

/** A list at whose end the case stands opens nothing: it stays in sight as it is now. */
function openNext(): void {
  const rows = [...document.querySelectorAll('[data-walk] a.list-row')];
  const here = rows.findIndex((row) => row.getAttribute('aria-current') === 'true');
  if (here >= 0 && here < rows.length - 1) walk(1);
}

customElements.define('hub-desk', HubDesk);
