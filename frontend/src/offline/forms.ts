import { wasKept } from '../kit/as-of';
import { type Item, type Photo, queueOf } from './queue';
import { shrunk } from './shrink';
import { on } from './store';
import { person, say } from './words';

/** Of which case a form is a step, or that it is a new report. */
export interface Place {
  number: string;
  action: string;
}

const STEP = /^\/worker\/cases\/([^/]+)\/([\w-]+)$/;
const OURS = new Set(['csrfmiddlewaretoken', 'version', 'key']);

/** Whether a form is one that can wait on the device. */
export function placeOf(form: HTMLFormElement): Place | undefined {
  const { pathname } = new URL(form.action, location.href);
  const [, number, action] = STEP.exec(pathname) ?? [];
  if (number && action && action !== 'reporter') return { number, action };
  return pathname === '/worker/notice' && form.method === 'post' ? { number: '', action: 'notice' } : undefined;
}

/** Why a form would surely be refused, and the field at fault; nothing where the server may take it. */
export function lacking(form: HTMLFormElement): { words: string; field: HTMLElement | null; later?: boolean } | undefined {
  const words = form.querySelector<HTMLTextAreaElement>('textarea[data-needed], #id_description');
  if (words && !words.value.trim()) return { words: say('words_missing'), field: words };
  const unless = form.querySelector<HTMLTextAreaElement>('textarea[data-needed-unless]');
  const outcome = (form.elements.namedItem('outcome') as RadioNodeList | null)?.value;
  if (outcome === '') return { words: say('outcome_missing'), field: form.querySelector<HTMLElement>('[name=outcome]') };
  if (unless && !unless.value.trim() && outcome !== unless.dataset['neededUnless']) return { words: say('words_missing'), field: unless };
  const value = (name: string) => (form.elements.namedItem(name) as HTMLInputElement | null)?.value;
  // Where the device does not know its place either, it is asked for once there is a map.
  if (form.querySelector('#id_description') && !value('lat') && !value('community'))
    return { words: say('place_missing'), field: form.querySelector('area-map button') ?? form.querySelector('area-map'), later: true };
  return undefined;
}

/** The form as it waits: what was filled in, how it reads, its pictures made smaller. */
export async function itemOf(form: HTMLFormElement, { number, action }: Place): Promise<Item> {
  const data = new FormData(form);
  const fields = [...data].filter((pair): pair is [string, string] => typeof pair[1] === 'string' && !OURS.has(pair[0]));
  const photos: Photo[] = await backAgain(form, fields);
  for (const file of data.getAll('photo'))
    if (file instanceof File && file.size > 0) photos.push({ name: file.name, content: await shrunk(file) });
  const version = data.get('version');
  const button = form.querySelector<HTMLElement>('button:not([type=button])');
  const item: Item = {
    person: person(),
    key: String(data.get('key')),
    action,
    number,
    does: number ? wordsOf(button) : say('new_report'),
    about: number ? (document.querySelector('main h1')?.textContent?.trim() ?? '') : String(data.get('description')).slice(0, 80),
    fields,
    told: [...told(form)],
    photos,
    version: version ? Number(version) : null,
    written: Date.now(),
    tries: 0,
    faults: 0,
    next: 0,
  };
  // A page that was kept is shown more than once, each time with the key it was kept with.
  const used = wasKept() || (await queueOf(item.person)).some(({ key }) => key === item.key);
  return used ? { ...item, key: newKey() } : item;
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  [bytes[6], bytes[8]] = [(bytes[6]! & 0x0f) | 0x40, (bytes[8]! & 0x3f) | 0x80];
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The key on the keyboard stands in the button too, and is no word of it. */
function wordsOf(button: HTMLElement | null): string {
  const copy = button?.cloneNode(true) as HTMLElement | undefined;
  for (const key of copy?.querySelectorAll('kbd') ?? []) key.remove();
  return copy?.textContent?.trim() ?? '';
}

/** What was filled in, by its labels. */
function* told(form: HTMLFormElement): Generator<[string, string]> {
  const ticked = new Map<string, string>();
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>('input, select, textarea')) {
    if (field.type === 'hidden' || field.type === 'file' || field.name === 'held' || !field.name) continue;
    const label = [...(field.labels?.[0]?.childNodes ?? [])].find((node) => node.nodeType === Node.TEXT_NODE)?.textContent?.trim() ?? '';
    if (field instanceof HTMLInputElement && (field.type === 'radio' || field.type === 'checkbox')) {
      const legend = field.closest('fieldset')?.querySelector('legend')?.firstChild?.textContent?.trim() ?? '';
      const words = field.labels?.[0]?.textContent?.trim() ?? '';
      if (field.checked) ticked.set(legend, [ticked.get(legend), words].filter(Boolean).join(' · '));
    } else if (field instanceof HTMLSelectElement) {
      if (field.value) yield [label, field.selectedOptions[0]?.textContent?.trim() ?? ''];
    } else if (field.value.trim()) yield [label, field.value.trim()];
  }
  yield* ticked;
}

/** A form that the server refuses comes back with its pictures held there for an hour; here they are kept until it is sent. */
export async function stash(form: HTMLFormElement, photos: Photo[]): Promise<void> {
  const shelf = { name: `back ${new URL(form.action, location.href).pathname}`, photos };
  await on('drafts', 'readwrite', (store) => (photos.length > 0 ? store.put(shelf) : store.delete(shelf.name)) as IDBRequest<unknown>);
}

/** The pictures of a form that came back, from this device: the server's own hold ends sooner than a day without a network. */
async function backAgain(form: HTMLFormElement, fields: [string, string][]): Promise<Photo[]> {
  const boxes = [...form.querySelectorAll<HTMLInputElement>('input[name=held]')];
  if (boxes.length === 0) return [];
  const name = `back ${new URL(form.action, location.href).pathname}`;
  const kept = await on<{ photos: Photo[] } | undefined>('drafts', 'readonly', (store) => store.get(name));
  if (kept?.photos.length !== boxes.length) return [];
  fields.splice(0, fields.length, ...fields.filter(([field]) => field !== 'held'));
  return kept.photos.filter((_, place) => boxes[place]?.checked);
}
