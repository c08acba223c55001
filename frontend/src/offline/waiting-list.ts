import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { icon } from '../kit/icon';
import { toast } from '../kit/toast';
import { SEND, TRIED } from './mark';
import { drop, type Item, listen, type Photo, put, queueOf, type Run, type Standing } from './queue';
import { shrunk } from './shrink';
import { clock, person, say } from './words';

const NO_VERSION = new Set(['notice']);
/** Refusals of what was written or pictured, whatever the case has come to: too large, or not as it should be. */
const MENDED_HERE = new Set([413, 422]);
const MOST_PICTURES = 4;

/**
 * What waits on this device to be sent, in the order in which it was written; what the server did not take, beside the case as it
 * stands, until the person has decided. Nothing goes by itself but what was sent.
 */
@customElement('waiting-list')
export class WaitingList extends LitElement {
  @property({ attribute: 'sign-in' }) signIn = '';
  /** Addresses of the city's tiles and of the place of a point: for a report that was kept without its place. */
  @property() tiles = '';
  @property() place = '';
  @state() private items: Item[] | undefined;
  @state() private signedOut = false;
  @state() private asked: number | undefined;
  private readonly pictures = new Map<Blob, string>();
  private ticking: ReturnType<typeof setInterval> | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    listen(() => void this.look());
    document.addEventListener(TRIED, this.tried);
    addEventListener('online', () => this.requestUpdate());
    addEventListener('offline', () => this.requestUpdate());
    this.ticking = setInterval(() => this.requestUpdate(), 15_000);
    void this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.ticking);
    document.removeEventListener(TRIED, this.tried);
  }

  private readonly tried = (event: Event): void => {
    const run = (event as CustomEvent<Run>).detail;
    this.signedOut = run.stopped === 'signed-out';
    for (const { words } of run.answers.values()) toast(say('sent_now', { words: words.replace(/<[^>]*>/g, ' ').trim() }));
  };

  private async look(): Promise<void> {
    this.items = await queueOf(person()).catch(() => []);
  }

  private address(content: Blob): string {
    const known = this.pictures.get(content);
    if (known) return known;
    const made = URL.createObjectURL(content);
    this.pictures.set(content, made);
    return made;
  }

  private readonly sendNow = (): void => void document.dispatchEvent(new CustomEvent(SEND));

  /** Have it sent anew: the same form with the same key, for the case as it is now. */
  private async sendAgain(item: Item, changed: Partial<Item> = {}): Promise<void> {
    const { refusal, ...rest } = item;
    const version = NO_VERSION.has(item.action) || !refusal?.now ? item.version : refusal.now.version;
    const typed = this.querySelector<HTMLTextAreaElement>(`#words-${item.id}`)?.value;
    const name = item.number ? 'note' : 'description';
    const fields = typed === undefined ? [...item.fields] : [...item.fields.filter(([field]) => field !== name), [name, typed] as [string, string]];
    for (const axis of ['lon', 'lat']) {
      const chosen = this.querySelector<HTMLInputElement>(`#where-${item.id} [name=${axis}]`)?.value;
      if (chosen) fields.splice(0, fields.length, ...fields.filter(([field]) => field !== axis), [axis, chosen]);
    }
    await put({ ...rest, version, fields, tries: 0, faults: 0, next: 0, ...changed });
    this.sendNow();
  }

  /** The words of a step that can no longer be taken, kept on the case. Pictures stay here: a note takes none. */
  private async asNote(item: Item): Promise<void> {
    const words = [say('as_note_begins', { does: item.does }), ...item.told.map(([label, value]) => (label ? `${label}: ${value}` : value))];
    const note = { action: 'note', does: say('note'), photos: [], instead: true, key: `${item.key.slice(0, 60)}-as-note`, fields: [['note', words.join('\n')]] as [string, string][] };
    if (item.photos.length > 0) {
      const { id: _, ...rest } = item;
      await put({ ...rest, noted: true });
    }
    await this.sendAgain(item, note);
  }

  private async setPhotos(item: Item, photos: Photo[]): Promise<void> {
    await put({ ...item, photos });
    await this.look();
  }

  private async addPhotos(item: Item, { target }: Event): Promise<void> {
    const field = target as HTMLInputElement;
    const more = await Promise.all([...(field.files ?? [])].map(async (file) => ({ name: file.name, content: await shrunk(file) })));
    field.value = '';
    await this.setPhotos(item, [...item.photos, ...more].slice(0, MOST_PICTURES));
  }

  private async throwAway(item: Item): Promise<void> {
    this.asked = undefined;
    await drop(item.id!);
  }

  protected override render() {
    if (!this.items) return nothing;
    if (this.items.length === 0) {
      return html`<div class="card">
        <div class="state">${icon('check')}<p class="state-title">${say('nothing')}</p><p class="measure">${say('nothing_more')}</p></div>
      </div>`;
    }
    const waiting = this.items.some(({ refusal }) => !refusal);
    return html`
      ${this.signedOut
        ? html`<div class="banner" data-tone="urgent" role="alert">${icon('lock')}
            <div class="stack stack-tight"><p>${say('sign_in_why')}</p><p><a class="button button-small" href=${this.signIn}>${say('sign_in')}</a></p></div></div>`
        : nothing}
      ${waiting && navigator.onLine && !this.signedOut
        ? html`<p><button type="button" class="button" @click=${this.sendNow}>${say('send_all')}</button></p>`
        : nothing}
      ${this.items.map((item, place) => this.one(item, this.isBehind(item, place)))}
    `;
  }

  private isBehind(item: Item, place: number): boolean {
    return item.number !== '' && (this.items ?? []).slice(0, place).some(({ number, noted }) => number === item.number && !noted);
  }

  private one(item: Item, behind: boolean): TemplateResult {
    const { id, does, about, number, written, refusal } = item;
    return html`<article class="card stack" id="item-${id}" data-state=${refusal ? 'refused' : 'waiting'}>
      <header class="stack stack-tight">
        <div class="queued-head"><h2>${does}</h2><span class="chip" data-tone=${refusal ? 'urgent' : 'warn'}>${say(refusal ? 'needs_you' : 'waits')}</span></div>
        <p class="quiet small">${about}${number ? html` · <span class="code">${number}</span>` : nothing} · ${say('written_at', { at: clock(written) })}</p>
      </header>
      ${refusal ? this.refused(item) : html`${this.written(item)}<p class="small quiet" role="status">${this.why(item, behind)}</p>`}
      ${this.asked === id
        ? html`<div class="banner" data-tone="urgent" role="alertdialog" aria-label=${say('throw_away')}>${icon('warn')}
            <div class="stack stack-tight"><p>${say('throw_away_sure')}</p>
              <p class="row"><button type="button" class="button button-danger button-small" @click=${() => this.throwAway(item)}>${say('throw_away_yes')}</button>
              <button type="button" class="button button-small" @click=${() => (this.asked = undefined)}>${say('back')}</button></p></div></div>`
        : html`<div class="row">${refusal ? this.choices(item) : nothing}
            <button type="button" class="button" @click=${() => (this.asked = id)}>${say('throw_away')}</button></div>`}
    </article>`;
  }

  /** Why it still waits, in words. */
  private why({ tries, next }: Item, behind: boolean): string {
    if (behind) return say('behind');
    if (!navigator.onLine) return say('no_network');
    return tries > 0 ? say('tries', { count: tries, at: clock(next) }) : say('soon');
  }

  private refused(item: Item): TemplateResult {
    const { now, words } = item.refusal!;
    if (item.noted) return html`<p>${say('noted_without')}</p>${this.photos(item, true)}`;
    const told = html`<div class="banner" data-tone="urgent">${icon('warn')}<p><strong>${say(mendedHere(item) ? 'not_taken' : 'moved_on')}</strong> ${words}</p></div>`;
    if (mendedHere(item)) return html`${told}${this.written(item)}${this.otherPictures(item)}${this.typed(item)}${this.where(item)}`;
    return html`${told}
      <div class="sides">
        <section class="stack stack-tight"><h3>${say('yours')}</h3><p>${item.does}</p>${this.written(item)}</section>
        <section class="stack stack-tight"><h3>${say('theirs')}</h3>${now ? standing(now) : html`<p>${say('not_visible')}</p>`}</section>
      </div>`;
  }

  /** The words can be put right where they were refused. */
  private typed({ id, fields, number }: Item): TemplateResult {
    const [, value] = fields.find(([name]) => name === (number ? 'note' : 'description')) ?? ['', ''];
    return html`<div class="field"><label for="words-${id}">${say('note')}</label><textarea id="words-${id}" rows="3" .value=${value}></textarea></div>`;
  }

  /** A report that was kept without its place gets it here, on the map or from the device. */
  private where({ id, fields, number }: Item): TemplateResult | typeof nothing {
    const known = fields.some(([name, value]) => (name === 'lat' || name === 'community') && value);
    if (number || known) return nothing;
    void import('../elements/area-map');
    return html`<form id="where-${id}" @submit=${(event: Event) => event.preventDefault()}>
      <input type="hidden" name="lon" /><input type="hidden" name="lat" />
      <area-map mode="pin" here class="stack stack-tight map-small" tiles=${this.tiles} place=${this.place}></area-map>
    </form>`;
  }

  private written(item: Item): TemplateResult {
    const said = item.told.filter(([, value]) => value !== item.about);
    return html`${said.length > 0
      ? html`<dl>${said.map(([label, value]) => html`<dt class="small quiet">${label}</dt><dd>${value}</dd>`)}</dl>`
      : nothing}${this.photos(item, !!item.refusal)}`;
  }

  private photos({ photos }: Item, toSave: boolean): TemplateResult | typeof nothing {
    if (photos.length === 0) return nothing;
    return html`<ul class="photos" role="list">${photos.map(({ content, name }, place) => {
      const address = this.address(content);
      const picture = html`<img src=${address} alt=${say('picture', { number: place + 1 })} />`;
      return html`<li class="photo">${toSave
        ? html`<a href=${address} download=${name} aria-label=${say('save_picture', { number: place + 1 })}>${picture}</a>`
        : picture}</li>`;
    })}</ul>`;
  }

  /** Pictures can be taken out and others put in: the server could not read one, or there are too many. */
  private otherPictures(item: Item): TemplateResult | typeof nothing {
    const { id, photos } = item;
    if (photos.length === 0 && !item.refusal!.code.startsWith('photo')) return nothing;
    return html`<div class="row">${photos.map(
      (_, place) => html`<button type="button" class="button button-small" @click=${() => this.setPhotos(item, photos.filter((_one, at) => at !== place))}>${say('take_out', { number: place + 1 })}</button>`,
    )}</div>
    ${photos.length < MOST_PICTURES
      ? html`<div class="field"><label for="more-${id}">${say('another_picture')}</label><input id="more-${id}" type="file" accept="image/*" multiple @change=${(event: Event) => this.addPhotos(item, event)} /></div>`
      : nothing}`;
  }

  private choices(item: Item): TemplateResult | typeof nothing {
    const { now } = item.refusal!;
    if (item.noted) return nothing;
    if (mendedHere(item)) {
      return html`<button type="button" class="button button-primary" @click=${() => this.sendAgain(item)}>${say('send_again')}</button>`;
    }
    return html`
      ${now?.possible ? html`<button type="button" class="button button-primary" @click=${() => this.sendAgain(item)}>${say('send_mine')}</button>` : nothing}
      ${now?.notable && item.action !== 'note' && item.told.length > 0 ? html`<button type="button" class="button" @click=${() => this.asNote(item)}>${say('as_note')}</button>` : nothing}
      ${now ? html`<a class="button" href=${now.address}>${say('open_case')}</a>` : nothing}
    `;
  }
}

function mendedHere({ refusal, number }: Item): boolean {
  return !number || MENDED_HERE.has(refusal!.status);
}

function standing({ status, handler, outcome, changes }: Standing): TemplateResult {
  const line = (label: string, value: string) => (value ? html`<dt>${say(label)}</dt><dd>${value}</dd>` : nothing);
  return html`<dl>
    ${line('state', status)}${line('handler', handler)}${line('result', outcome)}
    <dt>${say('since_then')}</dt>
    ${changes.length === 0 ? html`<dd>${say('nothing_since')}</dd>` : nothing}
    ${changes.map(({ at, words, who, note }) => html`<dd><span class="num">${at}</span> ${words}${who ? html` · <strong>${who}</strong>` : nothing}${note ? html`<br /><span class="quiet">${note}</span>` : nothing}</dd>`)}
  </dl>`;
}
