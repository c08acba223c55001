import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { icon } from '../kit/icon';
import { t } from '../kit/strings';
import type { Box, Point, PointMap } from '../map/points';
import type { Tone } from '../map/symbols';

/** Number, longitude, latitude, state, class, urgent, late. */
type Row = [string, number, number, string, string, boolean, boolean];

interface Answer {
  cases: Row[];
  statuses: Record<string, string>;
  classes: Record<string, string>;
  words: Record<string, string>;
}

const TONE: Record<string, Tone> = { reported: 'warn', closed: 'good', cancelled: 'good' };

/**
 * The cases of the list beside it on the city's map. What is pressed on one is marked on the other; the address holds the
 * part of the map that the list is narrowed to.
 */
@customElement('case-map')
export class CaseMap extends LitElement {
  /** Address of the points. */
  @property() points = '';
  @property() tiles = '';
  /** Address of the page with this map, with the list's filters; empty where it has none. */
  @property() page = '';
  /** Where an address of a case begins; its number and `?query` follow. */
  @property() cases = '';
  @property() query = '';
  @property() start = '';
  @state() private answer: Answer | undefined;
  @state() private failed = false;
  @state() private chosen: string[] = [];
  @state() private moved = false;
  private map: PointMap | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.begin();
    document.addEventListener('pointerover', this.pointed);
    document.addEventListener('focusin', this.pointed);
    addEventListener('beforeprint', this.print);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('pointerover', this.pointed);
    document.removeEventListener('focusin', this.pointed);
    removeEventListener('beforeprint', this.print);
    this.map?.remove();
  }

  private get box(): string {
    return new URL(this.page, location.href).searchParams.get('box') ?? '';
  }

  private async begin(): Promise<void> {
    try {
      const [{ drawPoints }, answer] = await Promise.all([import('../map/points'), fetch(this.points)]);
      if (!answer.ok) throw new Error(`${this.points}: ${answer.status}`);
      this.answer = (await answer.json()) as Answer;
      await this.updateComplete;
      const container = this.querySelector<HTMLElement>('.map-canvas');
      if (!container) return;
      const start = this.box || (this.answer.cases.length ? '' : this.start);
      this.map = await drawPoints({
        container,
        tiles: this.tiles,
        points: this.answer.cases.map(pointOf),
        start: start ? (start.split(',').map(Number) as Box) : undefined,
        label: this.answer.words['label'] ?? '',
        pressed: (keys) => this.choose(keys),
        moved: () => (this.moved = true),
      });
      this.failed = !this.map;
    } catch (error) {
      this.failed = true;
      console.warn(error);
    }
  }

  private choose(keys: string[]): void {
    this.chosen = keys;
    this.map?.mark(keys.length === 1 ? keys[0] : undefined);
    for (const row of document.querySelectorAll('.list-row[data-pointed]')) row.removeAttribute('data-pointed');
    const rows = keys.map((key) => document.getElementById(`row-${key}`)).filter((row) => row !== null);
    for (const row of rows) row.setAttribute('data-pointed', '');
    rows[0]?.scrollIntoView({ block: 'nearest' });
  }

  private readonly pointed = (event: Event): void => {
    const row = (event.target as Element | null)?.closest<HTMLElement>('.list-row[data-case]');
    if (row?.dataset['case']) this.map?.mark(row.dataset['case']);
  };

  private readonly print = (): void => {
    const picture = this.querySelector<HTMLImageElement>('.map-print');
    if (picture && this.map) picture.src = this.map.picture();
  };

  private save(): void {
    if (!this.map) return;
    const link = document.createElement('a');
    link.href = this.map.picture();
    link.download = `gezhi-${new Date().toISOString().slice(0, 10)}.png`;
    link.click();
  }

  private here(): void {
    const address = new URL(this.page, location.href);
    address.searchParams.set('box', (this.map?.box() ?? []).map((end) => end.toFixed(5)).join(','));
    address.searchParams.delete('cursor');
    location.assign(address);
  }

  private card(answer: Answer) {
    const rows = this.chosen.map((key) => answer.cases.find(([number]) => number === key)).filter((row) => row !== undefined);
    if (!rows.length) return nothing;
    const { words } = answer;
    return html`<ul class="list map-cases" role="list" aria-live="polite">
      ${rows.map(
        ([number, , , status, of, urgent, late]) =>
          html`<li>
            <a class="list-row" href="${this.cases}${encodeURIComponent(number)}${this.query && `?${this.query}`}">
              <span class="row row-spread row-tight">
                <strong>${answer.classes[of] ?? of}</strong><span class="chip">${answer.statuses[status] ?? status}</span>
              </span>
              <span class="case-meta">
                <span>${number}</span>
                ${urgent ? html`<span class="chip" data-tone="urgent">${words['urgent']}</span>` : nothing}
                ${late ? html`<span class="chip" data-tone="urgent">${words['late']}</span>` : nothing}
              </span>
            </a>
          </li>`,
      )}
    </ul>`;
  }

  protected override render() {
    const { answer } = this;
    if (this.failed) {
      return html`<div class="banner" data-tone="warn">${icon('info')}<p>${answer?.words['failed'] ?? t('request_failed')}</p></div>`;
    }
    if (!answer) return html`<div class="map-frame" aria-busy="true"></div>`;
    const { words } = answer;
    const key = (tone: string, name: string) => html`<span class="map-key" data-tone=${tone}>${words[name]}</span>`;
    return html`
      <div class="map-frame">
        <div class="map-canvas"></div>
        <img class="map-print" alt="" />
        ${this.moved && this.page
          ? html`<button type="button" class="button button-small map-here" @click=${() => this.here()}>${icon('search')}${words['here']}</button>`
          : nothing}
        ${this.card(answer)}
      </div>
      <div class="row row-spread row-tight small quiet">
        <span>${words['told']}</span>
        <span class="row row-tight">
          ${key('warn', 'waiting')}${key('accent', 'in_hand')}${key('good', 'done')}${key('late', 'late')}
          <button type="button" class="button button-quiet button-small map-save" @click=${() => this.save()}>${icon('download')}${words['picture']}</button>
        </span>
      </div>
    `;
  }
}

function pointOf([key, lon, lat, status, of, , late]: Row): Point {
  return { key, lon, lat, symbol: `case-${of}`, tone: TONE[status] ?? 'accent', late };
}
