import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { inWords } from '../kit/distance';
import { icon } from '../kit/icon';
import { CLOSE_ENOUGH, myPosition } from '../kit/position';
import { t } from '../kit/strings';
import { hasWebGL } from '../kit/webgl';
import type { Choice, Drawing } from '../map/drawing';
import { keepView, takeView, type View } from '../map/kept';
import { fetchTilesEarly, firstView, tileSet } from '../map/tile-set';

/** A place close by that the server offers instead. */
interface Door {
  words: string;
  lon: number;
  lat: number;
}

/** A device that is this sure, in metres, knows the place; one that is less sure shows only where about. */
const SURE_M = 150;

type Phase = 'loading' | 'drawing' | 'ready' | 'no-webgl' | 'no-areas' | 'failed';

/**
 * The city's own map. `mode="pin"` lets a person choose a place: drag or press the map, arrow keys, or the device's
 * position; the place is under the aim, so a thumb never hides it. `mode="move"` is the same, but says nothing until the
 * map is moved: for a place that may be right as it is. `mode="show"` marks one place. Drawn when it comes into sight.
 *
 * The place goes to the fields `lon` and `lat` of the form (WGS84, degrees). What stands inside the element is the way
 * without a map: it is always there.
 */
@customElement('area-map')
export class AreaMap extends LitElement {
  /** Whether it begins at the device's place, where that is known and none was chosen before. */
  @property({ type: Boolean }) here = false;
  @property() mode: 'pin' | 'move' | 'show' = 'show';
  /** Address that tells of the city's tiles. */
  @property() tiles = '';
  /** Address that names the place of a point. */
  @property() place = '';
  /** West, south, east and north of what to show first: `112.1,32,112.2,32.1`. The whole city where it is empty. */
  @property() start = '';
  /** How close a map is that starts from a place. */
  @property({ type: Number }) zoom = 17;
  @property({ type: Number }) lon: number | undefined;
  @property({ type: Number }) lat: number | undefined;
  /** Begin where this device is, if it is known without asking. */
  @property({ type: Boolean, attribute: 'at-once' }) atOnce = false;
  /** A second place to look at, as longitude and latitude: where a picture was taken. */
  @property({ converter: (text) => (text ? (text.split(',').map(Number) as [number, number]) : undefined) })
  also: [number, number] | undefined;
  @state() private phase: Phase = 'loading';
  @state() private words = '';
  @state() private problem = '';
  @state() private moving = false;
  @state() private chosen = false;
  @state() private door: Door | undefined;
  @state() private told = '';
  private drawing: Drawing | undefined;
  private asked = 0;
  /** Whether somebody was asked already if a place that was chosen from afar is the right one. */
  private sure = false;
  /** Whether the place was pressed on a map that shows much. */
  private afar = false;
  /** Whether the place under the aim lies outside the city: it is not taken. */
  private outside = false;
  private sight: IntersectionObserver | undefined;
  private rough: View['rough'];

  private get choosing(): boolean {
    return this.mode !== 'show';
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    if (!hasWebGL()) {
      this.phase = 'no-webgl';
      void this.beginHere();
      return;
    }
    // A map in a closed dialog or fold has no size to be drawn in, and may never be looked at.
    this.sight = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        this.sight?.disconnect();
        void this.begin();
      },
      { rootMargin: '100% 0px' },
    );
    this.sight.observe(this);
  }

  private async begin(): Promise<void> {
    const canvas = this.querySelector<HTMLElement>('.map-canvas');
    if (!canvas) return;
    const kept = this.mode === 'pin' ? takeView() : undefined;
    const start = this.start ? (this.start.split(',').map(Number) as [number, number, number, number]) : undefined;
    const point = (): [number, number] | undefined => (this.lon !== undefined && this.lat !== undefined ? [this.lon, this.lat] : undefined);
    const tiles = tileSet(this.tiles);
    try {
      const coming = import('../map/drawing');
      const center = point();
      const view = firstView(await tiles, center && { center, zoom: this.zoom }, kept, start);
      if (view) fetchTilesEarly(await tiles, view, canvas.clientWidth, canvas.clientHeight);
      const { draw } = await coming;
      this.drawing = await draw({
        container: canvas,
        tiles,
        point,
        zoom: this.zoom,
        view: kept,
        start,
        interactive: this.choosing,
        label: this.choosing ? t('map_label_pin') : t('map_label'),
        moving: (moving) => (this.moving = moving),
        chosen: (lon, lat, how) => void this.choose(lon, lat, how),
        locate: this.choosing ? () => void this.useMyPosition() : undefined,
      });
      this.phase = this.drawing ? 'drawing' : 'no-areas';
      // The ground is there, or what there is of it.
      void this.drawing?.map.once('load', () => (this.phase = 'ready'));
      this.drawing?.also(this.also);
      if (this.mode === 'pin') addEventListener('pagehide', this.keep);
      const rough = kept?.rough;
      // Before its first style is there a map takes no circle.
      if (rough) void this.drawing?.map.once('load', () => this.chosen || this.showRough(rough, false));
      if (this.drawing) this.dispatchEvent(new CustomEvent('drawn'));
      if (!kept) await this.beginHere();
    } catch (error) {
      this.phase = 'failed';
      console.warn(error);
    }
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.closest('form')?.addEventListener('submit', this.askAgain, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.closest('form')?.removeEventListener('submit', this.askAgain, { capture: true });
    removeEventListener('pagehide', this.keep);
    this.sight?.disconnect();
    this.drawing?.remove();
  }

  /** A page that comes back without a place, since none was chosen, shows what was looked at. */
  private readonly keep = (): void => {
    const { map } = this;
    if (map && (!this.chosen || this.outside)) keepView({ center: map.getCenter().toArray(), zoom: map.getZoom(), rough: this.rough });
  };

  private async choose(lon: number, lat: number, how: Choice): Promise<void> {
    if (!this.choosing) return;
    const first = how === 'first';
    this.chosen = true;
    this.outside = false;
    this.afar = how === 'afar';
    if (how === 'hand' || how === 'afar') this.problem = this.told = '';
    if (!first || this.mode === 'pin') this.write(lon, lat);
    const turn = ++this.asked;
    const { words, door, outside } = await this.nameOf(lon, lat);
    if (turn !== this.asked) return;
    this.words = words;
    this.door = door;
    // What the page says of a place outside stays until there is another.
    if (first && outside) return;
    if (outside) {
      this.outside = true;
      this.problem = t('map_chosen_outside');
      this.write(undefined, undefined);
    }
    this.closest('form')?.querySelector('input[name=lat]')?.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** Write the place to the form, and to the address of a page that is come back to; no place: what was there before any. */
  private write(lon: number | undefined, lat: number | undefined): void {
    const form = this.closest('form');
    const [x, y] = [lon?.toFixed(6) ?? '', lat?.toFixed(6) ?? ''];
    for (const [name, value] of [['lon', x], ['lat', y]]) {
      const field = form?.querySelector<HTMLInputElement>(`input[name=${name}]`);
      if (field) field.value = value ?? '';
    }
    if (this.mode === 'pin' && form?.method === 'get') keepInAddress(x, y);
  }

  /** The name of the place, and an entrance close by; without a connection its degrees: the choice stands all the same. */
  private async nameOf(lon: number, lat: number): Promise<{ words: string; door?: Door | undefined; outside?: boolean }> {
    const [x, y] = [lon.toFixed(6), lat.toFixed(6)];
    try {
      const answer = await fetch(`${this.place}?lon=${x}&lat=${y}`, { headers: { Accept: 'application/json' } });
      const body = (await answer.json()) as { name?: string; door?: Door };
      if (answer.status === 404) return { words: t('map_outside'), outside: true };
      return { words: body.name ?? `${y}, ${x}`, door: body.door };
    } catch {
      return { words: `${y}, ${x}` };
    }
  }

  /** A form that goes off with a place outside is held; with one from afar once, and the place shown from near. */
  private readonly askAgain = (event: SubmitEvent): void => {
    if (this.outside && !this.closest('form')?.querySelector<HTMLSelectElement>('select[name=community]')?.value) {
      event.preventDefault();
      event.stopImmediatePropagation();
      // Said anew, for who hears it.
      this.problem = '';
      void this.updateComplete.then(() => (this.problem = t('map_chosen_outside')));
      return;
    }
    const zoom = this.drawing?.map.getZoom() ?? CLOSE_ENOUGH;
    const [lon, lat] = this.middle ?? [];
    const near = zoom >= CLOSE_ENOUGH && !this.afar;
    if (this.mode !== 'pin' || !this.chosen || this.sure || near || lon === undefined || lat === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.sure = true;
    this.drawing?.moveTo(lon, lat, Math.max(zoom, CLOSE_ENOUGH + 2));
    this.problem = t('map_from_afar');
  };

  /** The engine's map; nothing before it is drawn. */
  get map(): Drawing['map'] | undefined {
    return this.drawing?.map;
  }

  /** Where the map is, as longitude and latitude; nothing before it is drawn. */
  get middle(): [number, number] | undefined {
    return this.drawing?.middle();
  }

  /** What was chosen is large: ask for the very place in it. */
  askForMore(): void {
    this.told = t('map_wide');
  }

  /** Mark this point instead on a map that only shows one. */
  show(point: [number, number] | undefined): void {
    [this.lon, this.lat] = point ?? [];
    this.drawing?.mark(point);
  }

  /** Have this point chosen. */
  goTo(lon: number, lat: number, zoom: number): void {
    this.lon = lon;
    this.lat = lat;
    this.problem = this.told = '';
    if (this.drawing) this.drawing.moveTo(lon, lat, zoom);
    // Not drawn yet: it will start there.
    else void this.choose(lon, lat, 'set');
  }

  /** Begin where the device is, if that is known: a map that asks for it, or whoever lets this site know. What was chosen stays. */
  private async beginHere(): Promise<void> {
    if (!(this.here || this.atOnce) || this.chosen || this.lon !== undefined) return;
    if (!this.here && (await navigator.permissions?.query({ name: 'geolocation' }).catch(() => undefined))?.state !== 'granted') return;
    const here = await myPosition().catch(() => undefined);
    if (here && !this.chosen) await this.useMyPosition(here);
  }

  private async useMyPosition(known?: GeolocationCoordinates): Promise<void> {
    this.problem = '';
    const here = known ?? (await myPosition().catch(() => undefined));
    if (!here) {
      this.problem = t('map_no_position');
      return;
    }
    const { longitude, latitude, accuracy } = here;
    const { outside } = await this.nameOf(longitude, latitude);
    if (known && (outside || this.chosen)) return;
    if (outside) {
      this.problem = t('map_position_outside');
      return;
    }
    // Without a map nobody can look closer: what the device says is what there is.
    if (accuracy > SURE_M && this.drawing) {
      this.showRough({ lon: longitude, lat: latitude, metres: accuracy }, true);
      return;
    }
    this.goTo(longitude, latitude, 17);
    this.rough = undefined;
    void this.drawing?.accuracy(longitude, latitude, accuracy, false);
    this.told = t('map_accuracy', { distance: inWords(accuracy) });
  }

  private showRough(rough: NonNullable<View['rough']>, whole: boolean): void {
    this.rough = rough;
    this.told = '';
    this.problem = t('map_rough', { distance: inWords(rough.metres) });
    void this.drawing?.accuracy(rough.lon, rough.lat, rough.metres, whole);
  }

  /** Why there is no map; empty where there is one, or will be. */
  private wordsInstead(): string {
    if (this.phase === 'no-webgl') return t('map_no_webgl');
    if (this.phase === 'no-areas') return t('map_no_areas');
    return this.phase === 'failed' ? t('map_failed') : '';
  }

  private offer(door: Door) {
    return html`<button type="button" class="button button-small map-door" @click=${() => this.goTo(door.lon, door.lat, 18)}>
      ${icon('pin')}${door.words}
    </button>`;
  }

  private positionButton() {
    return html`<button type="button" class="button button-small" @click=${() => void this.useMyPosition()}>
      ${icon('locate')}${t('map_use_position')}
    </button>`;
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('also')) this.drawing?.also(this.also);
  }

  protected override render() {
    const missing = this.wordsInstead();
    if (missing) {
      // A place that is only shown has lists beside it no more than a map; one that is chosen may be where this device is.
      return html`<div class="banner" data-tone="warn">
          ${icon('info')}
          <p>${this.choosing ? missing : t('map_not_shown')}</p>
        </div>
        ${this.choosing && this.phase !== 'no-areas'
          ? html`<div class="row row-tight">${this.positionButton()}${this.chosen && this.words ? html`<span class="small" role="status">${this.words}</span>` : nothing}</div>
              ${this.problem ? html`<p class="field-error" role="alert">${icon('warn')}<span>${this.problem}</span></p>` : nothing}`
          : nothing}`;
    }
    return html`
      <div class="map-frame" ?data-moving=${this.moving} ?data-chosen=${this.chosen}>
        <div class="map-canvas"></div>
        ${this.phase === 'ready' ? nothing : html`<p class="map-loading">${t('map_loading')}</p>`}
        ${this.choosing
          ? html`<svg class="map-aim" viewBox="0 0 40 52" aria-hidden="true">
                <path
                  d="M20 51C20 51 37 31.500 37 18.500A17 17 0 0 0 3 18.500C3 31.500 20 51 20 51z"
                  fill="currentColor"
                  stroke="#fff"
                  stroke-width="2.500"
                />
                <circle cx="20" cy="18.500" r="6" fill="#fff" />
              </svg>
              <p class="map-where" aria-live="polite">${this.words || t('map_hint')}</p>`
          : nothing}
      </div>
      ${this.choosing
        ? html`<div class="row row-tight">
            ${this.positionButton()}
            <span class="small quiet only-wide">${t('map_keys')}</span>
            ${this.door ? this.offer(this.door) : nothing}
            ${this.told ? html`<span class="small quiet" role="status">${this.told}</span>` : nothing}
          </div>`
        : nothing}
      ${this.problem ? html`<p class="field-error" role="alert">${icon('warn')}<span>${this.problem}</span></p>` : nothing}
    `;
  }
}

function keepInAddress(lon: string, lat: string): void {
  const query = lon ? `?${new URLSearchParams({ lon, lat })}` : '';
  history.replaceState(history.state, '', location.pathname + query);
}
