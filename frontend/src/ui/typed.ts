import htmx from 'htmx.org';
import type { PhotoInput } from '../elements/photo-input';
import { t } from '../kit/strings';

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

interface Typed {
  /** Name of the field among its form's → what was typed; of a box, whether it was ticked. */
  fields: [key: string, value: string | boolean][];
  dialogs: string[];
  /** Files cannot be put back into a field. */
  files: boolean;
}

const LISTS = '#place-lists';

/** Keep what was typed for the one time that the page at `path` is loaded anew, in this tab alone. */
export function keepTyped(path: string): void {
  const typed: Typed = {
    fields: [...named()].filter(([, field]) => wasChanged(field)).map(([key, field]) => [key, valueOf(field)]),
    dialogs: [...document.querySelectorAll('dialog[open]')].map((dialog) => dialog.id),
    files: [...document.querySelectorAll<HTMLInputElement>('input[type=file]')].some((field) => field.files?.length),
  };
  try {
    sessionStorage.setItem(place(path), JSON.stringify(typed));
  } catch {
    // A browser that keeps nothing: the page comes back empty, as it does without a script.
  }
}

/** Forget what was kept for a page: it has done its work. */
export function forgetTyped(path: string): void {
  sessionStorage.removeItem(place(path));
}

/** Put it back, and forget it. */
export function putBackTyped(): void {
  const found = sessionStorage.getItem(place(location.pathname));
  if (!found) return;
  sessionStorage.removeItem(place(location.pathname));
  const typed = JSON.parse(found) as Typed;
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

function place(path: string): string {
  return `gezhi.typed:${path}`;
}

/** The fields that a person fills in, each under a name that the same page has in every language. */
function* named(): Generator<[string, Field]> {
  const seen = new Map<string, number>();
  for (const field of document.querySelectorAll<Field>('form :is(input, select, textarea)')) {
    const form = field.form;
    if (!form || !field.name || form.hasAttribute('data-preferences')) continue;
    // The mark of a map is put there by hand; every other hidden value is the page's own.
    if (field.type === 'hidden' && field.name !== 'lon' && field.name !== 'lat') continue;
    if (['password', 'file', 'submit', 'button'].includes(field.type)) continue;
    const base = `${form.getAttribute('action') ?? ''} ${field.name}${isBox(field) ? `=${field.value}` : ''}`;
    const turn = seen.get(base) ?? 0;
    seen.set(base, turn + 1);
    yield [`${base} ${turn}`, field];
  }
}

function isBox(field: Field): field is HTMLInputElement {
  return field.type === 'checkbox' || field.type === 'radio';
}

function valueOf(field: Field): string | boolean {
  return isBox(field) ? field.checked : field.value;
}

function wasChanged(field: Field): boolean {
  if (isBox(field)) return field.checked || field.defaultChecked;
  if (field.type === 'hidden') return field.value !== '';
  if (field instanceof HTMLSelectElement) return field.value !== '';
  return field.value !== field.defaultValue;
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
