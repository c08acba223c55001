import { on } from './store';

/** A picture as it is sent: already made smaller. */
export interface Photo {
  name: string;
  content: Blob;
}

/** How a case stands, as the server tells whoever was refused. */
export interface Standing {
  version: number;
  status: string;
  handler: string;
  outcome: string;
  changes: { at: string; words: string; who: string; note: string }[];
  possible: boolean;
  notable: boolean;
  address: string;
}

export interface Refusal {
  status: number;
  code: string;
  words: string;
  now: Standing | null;
}

/** A form that waits to be sent. */
export interface Item {
  /** Its place in the order; given by the store. */
  id?: number;
  /** Who wrote it, as the pages call the account. */
  person: string;
  /** Made once: whoever shows it again is answered as the first time. */
  key: string;
  /** `notice`, or the step of a case. */
  action: string;
  /** The case; empty for a new report. */
  number: string;
  /** What the button said, and the case or the report in a few words. */
  does: string;
  about: string;
  fields: [name: string, value: string][];
  /** The same as the person read it: labels and words. */
  told: [label: string, value: string][];
  photos: Photo[];
  /** The version of the case that the person saw, or that their step before this one made. */
  version: number | null;
  written: number;
  tries: number;
  /** How often the server, being there, could not take this very form. */
  faults: number;
  /** Not before; milliseconds. */
  next: number;
  refusal?: Refusal;
  /** Kept as a note already; what is left are pictures. */
  noted?: boolean;
  /** A note in the place of a step that was not carried out: what was written after that step counted on it. */
  instead?: boolean;
}

export interface Answer {
  number: string;
  version: number;
  words: string;
  next: string;
}

/** What came of going through the queue. */
export interface Run {
  answers: Map<number, Answer>;
  refused: Map<number, Refusal>;
  /** Why it stopped early. */
  stopped?: 'network' | 'signed-out';
}

const QUEUED = '/worker/queued';
const LOCK = 'gezhi.queue';
const CHANNEL = 'gezhi.queue';
export const SYNC = 'gezhi-queue';
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 300_000;
/** So many faults of one form hold up those after it; then they go on without it, but for those of the same case. */
const IN_ORDER = 3;
const SEND_WITHIN = 60_000;
const ASK_WITHIN = 10_000;
/** The server as a whole is away, or asks for less; with any other fault it may be this one form that it cannot take. */
const AWAY = new Set([408, 429, 502, 503, 504]);

export const queued = (): Promise<Item[]> => on<Item[]>('queue', 'readonly', (store) => store.getAll());

/** The forms of one person, in the order in which they were written. */
export async function queueOf(person: string): Promise<Item[]> {
  return (await queued()).filter((item) => item.person === person);
}

export async function put(item: Item): Promise<number> {
  const id = (await on('queue', 'readwrite', (store) => store.put(item))) as number;
  tell();
  return id;
}

export async function drop(id: number): Promise<void> {
  await on('queue', 'readwrite', (store) => store.delete(id));
  tell();
}

/** Hear that the queue has changed, in this page or another, or in the service worker. */
export function listen(heard: () => void): void {
  if (typeof BroadcastChannel !== 'undefined') new BroadcastChannel(CHANNEL).onmessage = heard;
  else setInterval(heard, 5_000);
}

function tell(): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('changed');
  channel.close();
}

/** When something is to be sent again; nothing where all that is left waits for the person. */
export function dueAt(items: Item[]): number | undefined {
  let due: number | undefined;
  for (const { refusal, next, faults } of items) {
    if (refusal) continue;
    due = Math.min(due ?? next, next);
    // What comes after it waits for it.
    if (faults < IN_ORDER) return due;
  }
  return due;
}

/** The case of a form; a new report is one of its own. */
const caseOf = (item: Item): string => item.number || `new ${item.id}`;

/**
 * Send what is due, one after another in the order in which it was written; of one case nothing before what was written earlier.
 * Pages and the service worker never do it at once. `eager`: also what waits for its next try; `shown`: the form whose answer the
 * next page says.
 */
export async function sendAll(how: How = {}): Promise<Run> {
  const through = () => goThrough(how);
  return navigator.locks ? navigator.locks.request(LOCK, through) : through();
}

/** `person`: who looks at the page; the service worker asks who is signed in. */
interface How {
  eager?: boolean;
  shown?: number;
  person?: string;
}

async function goThrough({ eager = false, shown = 0, person = '' }: How): Promise<Run> {
  const run: Run = { answers: new Map(), refused: new Map() };
  const looked = new Set<number>();
  const held = new Set<string>();
  let me: Me | undefined;
  for (;;) {
    const whose = person || me?.person;
    const item = (await queued()).find((one) => !looked.has(one.id!) && (!whose || one.person === whose));
    if (!item?.id) return run;
    const its = caseOf(item);
    const early = item.next > Date.now() && !(eager && item.tries > 0);
    if (whose) {
      looked.add(item.id);
      if (item.refusal || held.has(its) || (early && item.faults >= IN_ORDER)) {
        if (!item.noted) held.add(its);
        continue;
      }
      if (early) return run;
    }
    if (!me) {
      const found = await whoAmI();
      if (found === 'network' && whose) await again(item);
      if (typeof found === 'string') return { ...run, stopped: found };
      if (whose && found.person !== whose) return { ...run, stopped: 'signed-out' };
      me = found;
      if (!whose) continue;
    }
    const answer = await send(item, me, item.id === shown);
    if (answer === 'network' || answer === 'signed-out') return { ...run, stopped: answer };
    if (answer === 'later') held.add(its);
    else if ('code' in answer) {
      held.add(its);
      run.refused.set(item.id, answer);
    } else run.answers.set(item.id, answer);
  }
}

interface Me {
  person: string;
  token: string;
}

async function whoAmI(): Promise<Me | 'network' | 'signed-out'> {
  try {
    const answer = await fetch(QUEUED, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(ASK_WITHIN) });
    if (answer.ok) return (await answer.json()) as Me;
    return answer.status < 500 && answer.status !== 429 ? 'signed-out' : 'network';
  } catch {
    return 'network';
  }
}

async function send(
  item: Item,
  me: Me,
  shown: boolean,
): Promise<Answer | Refusal | 'later' | 'network' | 'signed-out'> {
  let answer: Response;
  try {
    answer = await fetch(item.number ? `${QUEUED}/${item.number}/${item.action}` : `${QUEUED}/notice`, {
      method: 'POST',
      body: bodyOf(item, shown),
      headers: { Accept: 'application/json', 'Gezhi-Person': item.person, 'X-CSRFToken': me.token },
      redirect: 'manual',
      signal: AbortSignal.timeout(SEND_WITHIN),
    });
  } catch {
    await again(item);
    return 'network';
  }
  if (answer.type === 'opaqueredirect') return 'signed-out';
  const body = answer.headers.get('Content-Type')?.includes('json') ? await answer.json().catch(() => undefined) : undefined;
  if (answer.ok && body?.next) {
    await followed(item, body as Answer);
    return body as Answer;
  }
  if (answer.ok || answer.status >= 500 || AWAY.has(answer.status) || body?.code === 'in_flight') {
    const away = AWAY.has(answer.status);
    await again(item, { atLeast: Number(answer.headers.get('Retry-After')) * 1000 || 0, faults: item.faults + (away ? 0 : 1) });
    return away || item.faults < IN_ORDER ? 'network' : 'later';
  }
  if (body?.code === 'another_person' || (answer.status === 403 && !body)) return 'signed-out';
  const refusal: Refusal = { status: answer.status, code: body?.code ?? '', words: body?.detail ?? '', now: body?.now ?? null };
  await put({ ...item, refusal });
  return refusal;
}

function bodyOf(item: Item, shown: boolean): FormData {
  const body = new FormData();
  for (const [name, value] of item.fields) body.append(name, value);
  body.set('key', item.key);
  if (item.version !== null) body.set('version', String(item.version));
  if (shown) body.set('shown', '1');
  for (const { name, content } of item.photos) body.append('photo', content, name);
  return body;
}

/**
 * The server has it. What was written after it on the same case was written knowing it; not so where a note went in its place: that
 * stays with the version it was written for, and is asked about in its turn.
 */
async function followed(item: Item, answer: Answer): Promise<void> {
  for (const later of item.instead ? [] : await queued()) {
    const follows = later.id! > item.id! && later.number === item.number && item.number && later.person === item.person;
    // Written on a page that had seen a newer one, it keeps that: an answer that is given again is an old one.
    if (follows && later.version !== null && !later.refusal) await put({ ...later, version: Math.max(later.version, answer.version) });
  }
  await drop(item.id!);
}

/** Try again after a wait that grows. */
async function again(item: Item, { atLeast = 0, faults = item.faults } = {}): Promise<void> {
  const wait = Math.max(atLeast, Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** item.tries));
  await put({ ...item, faults, tries: item.tries + 1, next: Date.now() + wait });
}
