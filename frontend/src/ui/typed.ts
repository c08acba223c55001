import htmx from 'htmx.org';
import type { PhotoInput } from '../elements/photo-input';
import { t } from '../kit/strings';
import { type Field, isBox, named, place, type Typed } from '../kit/typed';

const LISTS = '#place-lists';

/** Put it back, and forget it. */
export function putBackTyped(): void {
  const found = sessionStorage.getItem(place(location.pathname));
  if (!found) return;
  sessionStorage.removeItem(place(location.pathname));
  const typed = JSON.parse(found) as Typed;
  if (typed.within && !cameFrom(typed.within)) return;
  const fields = new Map(named());
  const [lists, rest] = [new URLSearchParams(), [] as [string, string | boolean][]];
  for (const [key, value] of typed.fields) {
    const field = fields.get(key);
    if (field?.closest(LISTS)) lists.set(field.name, String(value));
    else if (field) put(field, value);
    else rest.push([key, value]);
  }
  for (const [key, value] of rest) fillLater(key, value);
  if (lists.size > 0) fillLists(lists);
  for (const id of typed.dialogs) document.querySelector<HTMLDialogElement>(`#${CSS.escape(id)}:not([open])`)?.showModal();
  if (!typed.files) return;
  const pictures = document.querySelector<PhotoInput>('dialog[open] photo-input') ?? document.querySelector<PhotoInput>('photo-input');
  pictures?.closest('details')?.setAttribute('open', '');
  // The element comes when the page has one: perhaps it is still on its way.
  if (pictures) void customElements.whenDefined('photo-input').then(() => pictures.tell(t('photo_again')));
}

function put(field: Field, value: string | boolean): void {
  if (isBox(field)) field.checked = value === true;
  else field.value = String(value);
  const map = field.type === 'hidden' ? field.form?.querySelector('area-map') : undefined;
  if (map) (map as unknown as Record<string, number>)[field.name] = Number(value);
  else if (value) field.closest('details')?.setAttribute('open', '');
  // Counters and suggestions follow what is typed.
  if (!map) field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Whether this page was come back to, loaded anew, or come to from one whose path begins so. */
function cameFrom(within: string): boolean {
  const [way] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return way?.type !== 'navigate' || document.referrer.startsWith(location.origin + within);
}

/** A choice among what the server suggests once it has read the words: it stands there until the suggestions come. */
function fillLater(key: string, value: string | boolean): void {
  const [, name, choice] = /^\S* (\S+?)=(.*) \d+$/.exec(key) ?? [];
  const home = name && value === true ? document.querySelector(`[data-fills="${CSS.escape(name)}"]`) : null;
  if (!home || !name || choice === undefined) return;
  const box = document.createElement('input');
  [box.type, box.name, box.value, box.checked, box.hidden] = ['radio', name, choice, true, true];
  home.append(box);
}

/** A list chosen from before the script was there leaves the next one empty: it is filled now. */
export function catchUpLists(): void {
  const lists = [...document.querySelectorAll<HTMLSelectElement>(`${LISTS} select`)];
  const last = lists.filter((list) => list.value).at(-1);
  if (last && lists[lists.indexOf(last) + 1]?.disabled) last.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Each list is filled by the choice in the one before: the server fills them all at once. */
function fillLists(chosen: URLSearchParams): void {
  const address = document.querySelector(`${LISTS} [hx-get]`)?.getAttribute('hx-get');
  document.querySelector(LISTS)?.closest('details')?.setAttribute('open', '');
  if (address) void htmx.ajax('GET', `${address}?${chosen}`, { target: LISTS, swap: 'outerHTML' });
}
