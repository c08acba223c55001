import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { inWords, metresBetween, roughly } from '../kit/distance';
import type { Taken } from '../kit/exif';
import { icon } from '../kit/icon';
import { t } from '../kit/strings';
import type { AreaMap } from './area-map';
import type { PhotoInput } from './photo-input';

/** As near as a device's position is good: the picture confirms the mark. */
const SAME_M = 20;
/** Farther than this somebody should look again (`contexts/cases/domain/photos.py` says why). */
const FAR_M = 200;

type Point = [lon: number, lat: number];

/** What is said: nothing, that the picture was taken at the mark, a question, or what was answered. */
type Phase = 'none' | 'same' | 'asked' | 'used' | 'kept' | 'outside';

/**
 * Asks whether the place of a report is where its picture was taken, as soon as the picture is chosen. It reads the place here,
 * in the browser, and sends it only once somebody has said so; whoever keeps their mark sends the picture without it.
 */
@customElement('photo-place')
export class PhotoPlace extends LitElement {
  /** Address that names the place of a point. */
  @property() place = '';
  @state() private phase: Phase = 'none';
  @state() private metres: number | undefined;
  private taken: Taken | undefined;
  /** The mark and its words before the picture's place was taken. */
  private earlier: { lon: string; lat: string; words: string } | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const form = this.closest('form');
    form?.addEventListener('taken', this.look);
    form?.addEventListener('change', this.moved);
    this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    const form = this.closest('form');
    form?.removeEventListener('taken', this.look);
    form?.removeEventListener('change', this.moved);
  }

  private field(name: 'lon' | 'lat'): HTMLInputElement | null {
    return this.closest('form')?.querySelector<HTMLInputElement>(`input[name=${name}]`) ?? null;
  }

  private get input(): PhotoInput | null {
    return this.closest('form')?.querySelector<PhotoInput>('photo-input') ?? null;
  }

  private get map(): AreaMap | null {
    return this.closest('form')?.querySelector<AreaMap>('area-map') ?? null;
  }

  private get mark(): Point | undefined {
    const [lon, lat] = [this.field('lon')?.value, this.field('lat')?.value];
    return lon && lat ? [Number(lon), Number(lat)] : undefined;
  }

  /** The places of the pictures have changed: of several the nearest is asked about, since one at the mark confirms it. */
  private readonly look = (): void => {
    const places = this.input?.taken ?? [];
    const mark = this.mark;
    const far = ({ lon, lat }: Taken): number => (mark ? metresBetween(mark, [lon, lat]) : 0);
    const nearest = [...places].sort((a, b) => far(a) - far(b))[0];
    if (!nearest) {
      if (this.phase !== 'kept') this.say('none');
      return;
    }
    if (nearest === this.taken && (this.phase === 'used' || this.phase === 'outside')) return;
    this.taken = nearest;
    this.metres = mark && far(nearest);
    this.say(this.metres !== undefined && this.metres < SAME_M ? 'same' : 'asked');
  };

  private readonly moved = ({ target }: Event): void => {
    if (!(target instanceof HTMLInputElement) || target.name !== 'lat') return;
    // Whoever moves the mark on from the picture's place knows why, unless it is far.
    const mark = this.mark;
    const near = mark && this.taken && metresBetween(mark, [this.taken.lon, this.taken.lat]) <= FAR_M;
    if (this.phase === 'used' && near) return;
    if (this.phase === 'used') this.phase = 'none';
    this.look();
  };

  private say(phase: Phase): void {
    // What the server asks about a picture sent before stays on the map until there is a question here.
    const wasAsked = this.phase === 'asked';
    this.phase = phase;
    const open = phase === 'asked' && this.taken;
    if (this.map && (open || wasAsked)) this.map.also = open ? [open.lon, open.lat] : undefined;
  }

  private async use(): Promise<void> {
    const { taken, place } = this;
    if (!taken) return;
    const [lon, lat] = [taken.lon.toFixed(6), taken.lat.toFixed(6)];
    const words = await fetch(`${place}?lon=${lon}&lat=${lat}`, { headers: { Accept: 'application/json' } }).then(
      async (answer) => (answer.status === 404 ? undefined : ((await answer.json()) as { name?: string }).name),
      // Without a connection its degrees: the choice stands all the same.
      () => `${lat}, ${lon}`,
    );
    if (words === undefined) {
      this.say('outside');
      return;
    }
    this.earlier = { lon: this.field('lon')?.value ?? '', lat: this.field('lat')?.value ?? '', words: this.said?.textContent ?? '' };
    this.say('used');
    const address = this.closest('form')?.querySelector<HTMLInputElement>('input[name=address]')?.value;
    this.put(lon, lat, [words, address].filter(Boolean).join(document.documentElement.lang.startsWith('en') ? ', ' : '，'));
    await this.focusAnswer();
  }

  private keep(): void {
    this.input?.leaveOutPlaces(true);
    this.say('kept');
    void this.focusAnswer();
  }

  /** Ask once more: everything is as it was before the answer. */
  private async again(): Promise<void> {
    if (this.phase === 'used' && this.earlier) this.put(this.earlier.lon, this.earlier.lat, this.earlier.words);
    this.phase = 'none';
    this.input?.leaveOutPlaces(false);
    this.look();
    await this.focusAnswer();
  }

  private async focusAnswer(): Promise<void> {
    await this.updateComplete;
    this.querySelector('button')?.focus();
  }

  /** Where the page says the place in words; not on a page whose map says it. */
  private get said(): HTMLElement | null {
    return this.closest('form')?.querySelector<HTMLElement>('[data-place-words]') ?? null;
  }

  private put(lon: string, lat: string, words: string): void {
    if (this.map?.mode === 'pin') {
      if (lon) this.map.goTo(Number(lon), Number(lat), 17);
      return;
    }
    const fields = { lon, lat };
    for (const name of ['lon', 'lat'] as const) {
      const field = this.field(name);
      if (field) field.value = fields[name];
    }
    if (this.said) this.said.textContent = words;
    if (customElements.get('area-map')) this.map?.show(lon ? [Number(lon), Number(lat)] : undefined);
    // A map whose script has not come begins there.
    else for (const name of ['lon', 'lat'] as const) this.map?.setAttribute(name, fields[name]);
    // Whoever goes back to a step before finds the place there.
    for (const step of document.querySelectorAll<HTMLAnchorElement>('report-steps a')) step.href = withPoint(step.href, fields);
    history.replaceState(history.state, '', withPoint(location.href, fields));
  }

  private words(): string {
    if (this.phase === 'outside') return t('photo_place_outside');
    if (this.phase === 'used') return t('photo_place_used');
    if (this.phase === 'kept') return t('photo_place_kept');
    if (this.phase === 'same') return t('photo_place_same', { distance: inWords(SAME_M) });
    if (this.metres === undefined) return t('photo_place_known');
    return t('photo_place_distance', { distance: roughly(this.metres) });
  }

  protected override render() {
    const { phase } = this;
    if (phase === 'none') return nothing;
    const far = phase === 'asked' && this.metres !== undefined && this.metres > FAR_M;
    const button = (words: string, press: () => unknown) =>
      html`<button type="button" class="button button-small" @click=${() => void press()}>${words}</button>`;
    return html`<div class="banner" data-tone=${far || phase === 'outside' ? 'warn' : 'info'} role=${far ? 'alert' : 'status'}>
      ${icon(far || phase === 'outside' ? 'warn' : 'pin')}
      <div class="stack stack-tight grow">
        <p>${this.words()} ${phase === 'asked' ? html`<strong>${t('photo_place_ask')}</strong>` : nothing}</p>
        ${phase === 'asked'
          ? html`<div class="row row-tight">
              ${button(t('photo_place_use'), () => this.use())}
              ${button(this.metres === undefined ? t('photo_place_as_it_is') : t('photo_place_keep'), () => this.keep())}
            </div>`
          : nothing}
        ${phase === 'used' || phase === 'kept' ? html`<div class="row">${button(t('undo'), () => this.again())}</div>` : nothing}
        ${phase === 'outside' ? html`<div class="row">${button(t('photo_place_keep'), () => this.keep())}</div>` : nothing}
      </div>
    </div>`;
  }
}

function withPoint(address: string, point: { lon: string; lat: string }): string {
  const found = new URL(address);
  for (const [name, value] of Object.entries(point)) {
    if (value) found.searchParams.set(name, value);
    else found.searchParams.delete(name);
  }
  return found.href;
}
