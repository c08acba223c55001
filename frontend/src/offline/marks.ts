import type { Item } from './queue';
import { clock, say } from './words';

/** Show on the list and on the case what waits to be sent. */
export function mark(items: Item[]): void {
  for (const old of document.querySelectorAll('[data-queue-mark]')) old.remove();
  for (const row of document.querySelectorAll<HTMLElement>('main a.list-row[data-case]')) {
    const own = items.filter(({ number }) => number === row.dataset['case']);
    const last = own.at(-1);
    if (last) row.querySelector('.row')?.after(chip(own.some(({ refusal }) => refusal), last.does));
  }
  markNew(items.filter(({ number, refusal }) => !number && !refusal));
  const box = document.querySelector<HTMLElement>('[data-waiting-steps]');
  if (box) box.replaceChildren(...items.filter(({ number }) => number === box.dataset['waitingSteps']).map(banner));
  for (const later of document.querySelectorAll<HTMLElement>('[data-after]')) {
    const { of, after } = later.dataset;
    // Where the page is about to be left for the next one, nothing new is offered on it.
    later.hidden = !items.some((one) => one.number === of && one.action === after && !one.refusal && one.written < performance.timeOrigin);
    for (const form of document.querySelectorAll<HTMLElement>(`.actions form[action$="/${after}"]`)) form.hidden = !later.hidden;
  }
}

/** Without a network nothing on the page counts down: until when there is time is told, not how much is left of it. */
export function tellDeadlines(): void {
  for (const due of document.querySelectorAll<HTMLElement>('main .due[data-until]')) {
    const until = Number(due.dataset['until']) * 1000;
    due.textContent = say('due_at', { at: clock(until) });
    if (until < Date.now()) due.dataset['tone'] = 'urgent';
  }
}

function chip(refused: boolean, does: string): HTMLElement {
  const box = document.createElement('span');
  box.dataset['queueMark'] = '';
  box.className = 'row row-tight';
  const words = document.createElement('span');
  words.className = 'chip';
  words.dataset['tone'] = refused ? 'urgent' : 'warn';
  words.textContent = `${say(refused ? 'needs_you' : 'waits')} · ${does}`;
  box.append(words);
  return box;
}

/** Reports that the server has not seen stand above the list. */
function markNew(items: Item[]): void {
  const list = document.querySelector('live-list [data-rows]');
  if (!list || items.length === 0 || location.pathname !== '/worker') return;
  const rows = document.createElement('ul');
  rows.className = 'list';
  rows.setAttribute('role', 'list');
  rows.dataset['queueMark'] = '';
  for (const item of items) {
    const link = document.createElement('a');
    link.className = 'list-row';
    link.href = '/worker/waiting';
    const title = document.createElement('span');
    title.className = 'case-title';
    title.textContent = item.about;
    link.append(chip(false, item.does), title);
    const line = document.createElement('li');
    line.append(link);
    rows.append(line);
  }
  list.before(rows);
}

function banner({ does, written, refusal }: Item): HTMLElement {
  const box = document.createElement('a');
  box.className = 'banner';
  box.href = '/worker/waiting';
  box.dataset['tone'] = refusal ? 'urgent' : 'warn';
  const words = document.createElement('p');
  words.textContent = refusal ? `${say('needs_you')} · ${does}` : say('queued_step', { does, at: clock(written) });
  box.append(words);
  return box;
}
