import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { icon } from '../kit/icon';
import { Feed } from '../kit/live';
import { askPart } from '../kit/part';
import { t } from '../kit/strings';
import type { Caption } from '../map/picture';
import type { Box, Point, Pointed, PointMap, View } from '../map/points';
import type { Tone } from '../map/symbols';
import './map-card';
import '../styles/list-map.css';

/** Number, longitude, latitude, state, class, urgent, late. */
type Row = [string, number, number, string, string, boolean, boolean];

interface Answer {
  cases: Row[];
  /** State → its words and the tone of its chip. */
  statuses: Record<string, [words: string, tone: string]>;
  classes: Record<string, string>;
  /** Each tone on the map, and the states that it stands for. */
  key: [tone: string, words: string][];
  words: Record<string, string>;
}

/** The tones of chips → those of the work on a map, which are tokens. */
const TONE: Record<string, Tone> = { warn: 'warn', active: 'accent', good: 'good', plain: 'ink-3' };
/** In an address of the map: show what was in sight when it was left. */
const HERE = '#here';
/** Several events of one step are one question to the server; and so many of a busy city. */
const GATHER = 1_000;
const AT_MOST_EVERY = 10_000;

/**
 * The cases of the list beside it on the city's map. What is pointed at or pressed on one is marked on the other, and what
 * changes in the list changes here; the address holds the part of the map that the list is narrowed to.
 *
 * `stream`, `poll` and `since` are those of `Feed`, where no list on the page hears of changes.
 */
@customElement('case-map')
export class CaseMap extends LitElement {
  /** Address of the points. */
  @property() points = '';
  /** Address of the rows of what is pressed; the numbers follow. */
  @property() pressed = '';
  @property() tiles = '';
  /** Address of the page with this map, with the list's filters; empty where it has none. */
  @property() page = '';
  @property() start = '';
  @property() stream = '';
  @property() poll = '';
  @property({ type: Number }) since = 0;
  @state() private answer: Answer | undefined;
  @state() private failed = false;
  @state() private chosen: string[] = [];
  @state() private over: Pointed | undefined;
  @state() private moved = false;
  private map: PointMap | undefined;
  private feed: Feed | undefined;
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  /** The case whose row is pointed at. */
  private listed: string | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.begin();
    for (const event of ['pointerover', 'focusin']) document.addEventListener(event, this.pointed);
    for (const event of ['gezhi:case', 'gezhi:lost']) document.addEventListener(event, this.follow);
    addEventListener('beforeprint', this.print);
    if (!this.poll) return;
    this.feed = new Feed(this.stream, this.poll, this.since, { changed: this.follow, lost: this.follow, link: () => undefined });
    this.feed.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const event of ['pointerover', 'focusin']) document.removeEventListener(event, this.pointed);
    for (const event of ['gezhi:case', 'gezhi:lost']) document.removeEventListener(event, this.follow);
    removeEventListener('beforeprint', this.print);
    clearTimeout(this.gathering);
    this.feed?.close();
    this.tell([]);
    this.map?.remove();
  }

  private get box(): string {
    return new URL(this.page, location.href).searchParams.get('box') ?? '';
  }

  private get kept(): string {
    return `map ${this.page || this.points}`;
  }

  private async begin(): Promise<void> {
    try {
      const [{ drawPoints }, answer] = await Promise.all([import('../map/points'), this.fetchPoints()]);
      this.answer = answer;
      await this.updateComplete;
      const container = this.querySelector<HTMLElement>('.map-canvas');
      if (!container) return;
      const left = location.hash === HERE ? sessionStorage.getItem(this.kept) : null;
      const start = left ?? (this.box || (answer.cases.length ? '' : this.start));
      this.map = await drawPoints({
        container,
        tiles: this.tiles,
        points: this.pointsOf(answer),
        start: start ? (start.split(',').map(Number) as Box | View) : undefined,
        label: answer.words['label'] ?? '',
        pressed: (keys) => this.choose(keys),
        pointed: (what) => this.pointAt(what),
        moved: () => this.leave(),
        drawn: (copy) => {
          // A page that is being printed has another size: the picture of the screen stays.
          if (!matchMedia('print').matches) this.putPicture(copy);
        },
      });
      this.moved = left !== null;
      this.failed = !this.map;
    } catch (error) {
      this.failed = true;
      console.warn(error);
    }
  }

  private async fetchPoints(): Promise<Answer> {
    this.asked = Date.now();
    const answer = await askPart(this.points);
    if (!answer.ok) throw new Error(`${this.points}: ${answer.status}`);
    return (await answer.json()) as Answer;
  }

  private pointsOf({ cases, statuses }: Answer): Point[] {
    return cases.map(([key, lon, lat, status, of, , late]) => ({
      key, lon, lat, late, symbol: `case-${of}`, tone: TONE[statuses[status]?.[1] ?? ''] ?? 'ink-3',
    }));
  }

  private readonly follow = (): void => {
    if (this.gathering !== undefined) return;
    const wait = Math.max(GATHER, this.asked + AT_MOST_EVERY - Date.now());
    this.gathering = setTimeout(async () => {
      this.gathering = undefined;
      // Without an answer it shows what it showed; the next change asks again, and the list says that it is offline.
      const answer = await this.fetchPoints().catch(() => undefined);
      if (!answer || !this.map) return;
      this.answer = answer;
      this.map.put(this.pointsOf(answer));
      if (this.chosen.length) this.choose(this.chosen.filter((key) => this.row(key)), { quiet: true });
    }, wait);
  };

  /** What a search of places asks of a map. */
  get middle(): [number, number] | undefined {
    const view = this.map?.view();
    return view && [view[0], view[1]];
  }

  goTo(lon: number, lat: number, zoom: number): void {
    this.choose([], { quiet: true });
    this.map?.goTo(lon, lat, zoom);
  }

  private row(key: string): Row | undefined {
    return this.answer?.cases.find(([number]) => number === key);
  }

  private choose(keys: string[], { quiet = false } = {}): void {
    this.chosen = keys;
    this.map?.mark(keys[0]);
    const rows = this.tell(keys);
    // A list below the map is not scrolled to: that would scroll the map away.
    if (!quiet && this.page) rows[0]?.scrollIntoView({ block: 'nearest' });
  }

  /** Mark the rows of these cases in the list. */
  private tell(keys: string[]): HTMLElement[] {
    for (const row of document.querySelectorAll('.list-row[data-pointed]')) row.removeAttribute('data-pointed');
    const rows = keys.map((key) => document.getElementById(`row-${key}`)).filter((row) => row !== null);
    for (const row of rows) row.setAttribute('data-pointed', '');
    return rows;
  }

  private pointAt(what: Pointed | undefined): void {
    this.over = what;
    this.map?.mark(what?.keys[0] ?? this.listed ?? this.chosen[0]);
    this.tell(what?.keys ?? this.chosen);
  }

  private readonly pointed = (event: Event): void => {
    const row = (event.target as Element | null)?.closest<HTMLElement>('.list-row[data-case]');
    this.listed = row?.dataset['case'];
    if (!this.over) this.map?.mark(this.listed ?? this.chosen[0]);
  };

  private leave(): void {
    this.moved = true;
    const view = this.map?.view();
    if (!view) return;
    sessionStorage.setItem(this.kept, view.map((part) => part.toFixed(6)).join());
    // Whoever comes back, or loads the page again, is where they were.
    if (location.hash !== HERE) history.replaceState(history.state, '', HERE);
  }

  private putPicture(copy: (canvas: HTMLCanvasElement) => void): void {
    const canvas = this.querySelector<HTMLCanvasElement>('.map-print');
    if (canvas) copy(canvas);
  }

  private readonly print = (): void => {
    const { map } = this;
    if (map) this.putPicture((canvas) => map.copy(canvas));
  };

  private async save(): Promise<void> {
    const { answer, map } = this;
    if (!answer || !map) return;
    const picture = document.createElement('canvas');
    map.copy(picture);
    const { captioned } = await import('../map/picture');
    const { words } = answer;
    const caption: Caption = {
      title: words['title'] ?? '',
      lines: [words['narrowed_by'], `${words['as_of']} · ${words['told']}`].map((line) => line ?? ''),
      key: this.key(answer).map(({ tone, words: says }) => colourOf(tone, says)),
    };
    const link = document.createElement('a');
    link.href = captioned(picture, caption, picture.width / this.clientWidth).toDataURL('image/png');
    link.download = `gezhi-${new Date().toISOString().slice(0, 10)}.png`;
    link.click();
  }

  private here(): void {
    const address = new URL(this.page, location.href);
    address.searchParams.set('box', (this.map?.box() ?? []).map((end) => end.toFixed(7)).join(','));
    address.searchParams.delete('cursor');
    location.assign(address);
  }

  private key({ key, words, cases }: Answer): { tone: string; words: string }[] {
    const also = cases.length > 1 ? ['late', 'several'] : ['late'];
    return [
      ...key.map(([tone, says]) => ({ tone: TONE[tone] ?? 'ink-3', words: says })),
      ...also.map((tone) => ({ tone, words: words[tone === 'late' ? 'late' : 'several_key'] ?? '' })),
    ];
  }

  private tip({ keys: [first = ''], count, late, x, y }: Pointed, { words, classes, statuses }: Answer) {
    const row = this.row(first);
    const said = (name: string, value: number): string => (words[name] ?? '').replace('%(count)s', String(value));
    const parts =
      count > 1
        ? [said('several', count), ...(late ? [said('several_late', late)] : [])]
        : row && [classes[row[4]], statuses[row[3]]?.[0], ...(row[6] ? [words['late']] : [])];
    if (!parts) return nothing;
    return html`<p class="map-tip" role="tooltip" .style=${`left:${x}px;top:${y}px`}>${parts.join(' · ')}</p>`;
  }

  protected override render() {
    const { answer } = this;
    if (this.failed) {
      return html`<div class="banner" data-tone="warn">${icon('info')}<p>${answer?.words['failed'] ?? t('request_failed')}</p></div>`;
    }
    if (!answer) return html`<div class="map-frame" aria-busy="true"></div>`;
    const { words } = answer;
    return html`
      <div class="only-print stack stack-tight">
        <p><strong>${words['title']}</strong></p>
        ${words['narrowed_by'] ? html`<p>${words['narrowed_by']}</p>` : nothing}
        <p>${words['as_of']}</p>
      </div>
      <div class="map-frame">
        <div class="map-canvas"></div>
        <canvas class="map-print" aria-hidden="true"></canvas>
        ${this.moved && this.page
          ? html`<button type="button" class="button button-small map-here" @click=${() => this.here()}>${icon('search')}${words['here']}</button>`
          : nothing}
        ${this.over ? this.tip(this.over, answer) : nothing}
        ${this.chosen.length
          ? html`<map-card
              .address=${this.pressed}
              .numbers=${this.chosen}
              .words=${words}
              @shown=${(event: CustomEvent<number>) => this.map?.clear(this.chosen[0] ?? '', event.detail)}
              @gone=${() => this.choose([])}
            ></map-card>`
          : nothing}
      </div>
      <div class="row row-spread row-tight small quiet">
        <span>${words['told']}</span>
        <button type="button" class="button button-quiet button-small map-save" @click=${() => void this.save()}>${icon('download')}${words['picture']}</button>
      </div>
      <p class="row row-tight small quiet">
        ${this.key(answer).map(({ tone, words: says }) => html`<span class="map-key" data-tone=${tone}>${says}</span>`)}
        <span>${words['shapes']}</span>
      </p>
    `;
  }
}

function colourOf(tone: string, words: string): Caption['key'][number] {
  if (tone === 'late') return { colour: '--surface', ring: '--urgent', words };
  if (tone === 'several') return { colour: '--ink-2', ring: '--urgent', part: 0.35, words };
  return { colour: `--${tone}`, words };
}
