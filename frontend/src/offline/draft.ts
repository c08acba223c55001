import type { Photo } from './queue';
import { shrunk } from './shrink';
import { on } from './store';
import { clock, person } from './words';

/** A report that was begun and neither sent nor given up. */
interface Draft {
  name: string;
  at: number;
  /** The place, as an address of the steps names it. */
  place: string;
  description: string;
  classCode: string;
  classFromList: string;
  photos: Photo[];
  /** The key of the last step, and the words and place that it was made for: sent twice, it is one report. */
  key: string;
  keyFor: string;
}

const A_WEEK = 7 * 24 * 3_600_000;
const SETTLE = 400;
const ON_THE_WAY_OUT = 1_500;
const PLACE = ['lon', 'lat', 'community', 'address', 'q'] as const;
// What is written of a place, and is none by itself.
const WORDS = ['address', 'q'];
const SHARED = 'gezhi.shared';

/**
 * Keeps what somebody has entered of a report on this device, until it is sent, given up, or a week old: a browser that is killed
 * loses nothing. Whoever says that the device is shared has nothing kept. `gone`: the report was sent.
 */
class ReportDraft extends HTMLElement {
  private readonly name = `report ${person()}`;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private draft: Draft | undefined;
  /** Given up: nothing of it is kept again on the way out. */
  private over = false;
  /** Whether the words of the draft stand in the form, or were written over. */
  private taken = false;
  private saving: Promise<void> = Promise.resolve();
  /** The form was sent as it stands: nothing is written behind the answer, which may be that it arrived. */
  private sent = false;
  /** Pictures are made smaller once, so that the way out is short. */
  private readonly small = new WeakMap<File, Promise<Blob>>();

  connectedCallback(): void {
    void this.begin().catch((error: unknown) => console.warn(error));
  }

  private get form(): HTMLFormElement | null {
    return document.querySelector('main form:has(#id_description), main form:has(area-map)');
  }

  private get step(): number {
    return Number(this.getAttribute('step'));
  }

  private async begin(): Promise<void> {
    if (this.hasAttribute('gone')) {
      // The page before may still be writing on its way out.
      setTimeout(() => void this.forget(), ON_THE_WAY_OUT);
      return this.forget();
    }
    const switches = document.querySelector<HTMLElement>('[data-draft-switch]');
    const shared = switches?.querySelector('input');
    if (switches) switches.hidden = false;
    if (shared) shared.checked = localStorage.getItem(SHARED) !== null;
    shared?.addEventListener('change', () => {
      if (shared.checked) localStorage.setItem(SHARED, '1');
      else localStorage.removeItem(SHARED);
      void (shared.checked ? this.forget() : this.save());
    });
    const found = await on<Draft | undefined>('drafts', 'readonly', (store) => store.get(this.name));
    if (found && Date.now() - found.at < A_WEEK) this.draft = found;
    else if (found) await this.forget();
    if (this.draft && (await this.putBack(this.draft))) this.tell(this.draft);
    const later = (event: Event) => {
      if ((event.target as HTMLElement).id === 'id_description') this.taken = true;
      this.sent = false;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.save(), SETTLE);
    };
    this.form?.addEventListener('input', later);
    this.form?.addEventListener('change', later);
    this.form?.addEventListener('submit', () => {
      void this.save();
      this.sent = true;
    });
    addEventListener('pageshow', () => (this.sent = false));
    document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && void this.save());
    addEventListener('pagehide', () => void this.save());
    if (this.step > 1) await this.save();
  }

  private value(name: string): string {
    return this.form?.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? '';
  }

  /** Put back what this step asks for; whether there is anything to tell of. */
  private async putBack(draft: Draft): Promise<boolean> {
    if (this.step === 1) return location.search === '' && (draft.description !== '' || draft.place !== '');
    if (this.step === 2) return this.putWords(draft);
    const key = this.form?.querySelector<HTMLInputElement>('input[name=key]');
    if (key && draft.key && draft.keyFor === this.about) key.value = draft.key;
    return this.putPictures(draft);
  }

  /** Whoever comes from another step has the words at once; whoever opens this one by its address is asked. */
  private putWords(draft: Draft): boolean {
    const words = this.form?.querySelector<HTMLTextAreaElement>('#id_description');
    if (!words || words.value || !draft.description) return false;
    if (cameFromStep()) this.fillWords(draft, words);
    return true;
  }

  private fillWords(draft: Draft, words: HTMLTextAreaElement): void {
    this.taken = true;
    words.value = draft.description;
    const list = this.form?.querySelector<HTMLSelectElement>('[name=class_from_list]');
    if (list && draft.classFromList) {
      list.value = draft.classFromList;
      list.closest('details')?.setAttribute('open', '');
    }
    // The class stands there as chosen until the suggestions for the words come.
    const home = document.querySelector('[data-fills=class_code]');
    if (home && draft.classCode) {
      const box = document.createElement('input');
      [box.type, box.name, box.value, box.checked, box.hidden] = ['radio', 'class_code', draft.classCode, true, true];
      home.append(box);
    }
    words.dispatchEvent(new Event('input', { bubbles: true }));
  }

  private async putPictures(draft: Draft): Promise<boolean> {
    const field = this.form?.querySelector<HTMLInputElement>('input[name=photo]');
    if (!field || field.files?.length || draft.photos.length === 0 || this.form?.querySelector('input[name=held]')) return false;
    const holder = new DataTransfer();
    // In memory: what is on the disk goes when the draft is written anew, whoever still shows it.
    for (const { name, content } of draft.photos) holder.items.add(new File([await content.arrayBuffer()], name, { type: content.type }));
    field.files = holder.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    return true;
  }

  /** What the report is about, for its key. */
  private get about(): string {
    return `${this.place} ${this.value('description')}`;
  }

  private get place(): string {
    const pairs = PLACE.map((name) => [name, this.value(name)]).filter(([, value]) => value);
    return pairs.some(([name]) => !WORDS.includes(name ?? '')) ? new URLSearchParams(pairs as [string, string][]).toString() : '';
  }

  private tell({ at, place, description }: Draft): void {
    const box = this.querySelector<HTMLElement>('.banner');
    if (!box) return;
    this.hidden = false;
    for (const spot of box.querySelectorAll('[data-at]')) spot.textContent = clock(at);
    for (const spot of box.querySelectorAll('[data-words]')) spot.textContent = description;
    const on = box.querySelector<HTMLAnchorElement>('[data-go-on]');
    if (on && place) on.href = `/report/what?${place}`;
    if (on) on.hidden = !place || this.taken;
    on?.addEventListener('click', (event) => {
      const words = this.form?.querySelector<HTMLTextAreaElement>('#id_description');
      if (!words || !this.draft) return;
      event.preventDefault();
      this.fillWords(this.draft, words);
      on.hidden = true;
    });
    box.querySelector('[data-afresh]')?.addEventListener('click', () => {
      this.over = true;
      void this.forget().then(() => location.assign('/report'));
    });
  }

  /** One after another: what is given up is not written behind its back. */
  private save(): Promise<void> {
    clearTimeout(this.timer);
    if (this.sent) return this.saving;
    this.saving = this.saving.then(() => this.write()).catch((error: unknown) => console.warn(error));
    return this.saving;
  }

  private async write(): Promise<void> {
    if (localStorage.getItem(SHARED) !== null || this.over) return;
    const was = this.draft;
    const typed = this.step === 1 ? '' : this.value('description');
    const draft: Draft = {
      name: this.name,
      at: Date.now(),
      place: this.place || (was?.place ?? ''),
      description: typed || this.taken ? typed : (was?.description ?? ''),
      classCode: this.step === 2 ? (this.form?.querySelector<HTMLInputElement>('[name=class_code]:checked')?.value ?? '') : (was?.classCode ?? ''),
      classFromList: this.step === 2 ? this.value('class_from_list') : (was?.classFromList ?? ''),
      photos: this.step === 3 ? await this.pictures() : (was?.photos ?? []),
      key: this.step === 3 ? this.value('key') : (was?.key ?? ''),
      keyFor: this.step === 3 ? this.about : (was?.keyFor ?? ''),
    };
    if (!draft.place && !draft.description && draft.photos.length === 0) return;
    // The day that is told is that of the words, not of a look at them.
    const same = was && was.description === draft.description && was.place === draft.place && was.photos.length === draft.photos.length;
    this.draft = same ? { ...draft, at: was.at } : draft;
    const kept = this.draft;
    // Given up while the pictures were made smaller.
    if (this.over) return;
    await on('drafts', 'readwrite', (store) => store.put(kept));
  }

  private async pictures(): Promise<Photo[]> {
    const files = [...(this.form?.querySelector<HTMLInputElement>('input[name=photo]')?.files ?? [])];
    // Pictures that the server holds are not in the field: those that were kept here still are.
    if (files.length === 0 && this.form?.querySelector('input[name=held]')) return this.draft?.photos ?? [];
    return Promise.all(files.map(async (file) => ({ name: file.name, content: await this.shrunk(file) })));
  }

  private shrunk(file: File): Promise<Blob> {
    const made = this.small.get(file) ?? shrunk(file);
    this.small.set(file, made);
    return made;
  }

  private async forget(): Promise<void> {
    clearTimeout(this.timer);
    await this.saving;
    this.draft = undefined;
    await on('drafts', 'readwrite', (store) => store.delete(this.name));
  }
}

function cameFromStep(): boolean {
  const [way] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return way?.type !== 'navigate' || document.referrer.startsWith(`${location.origin}/report`);
}

customElements.define('report-draft', ReportDraft);
