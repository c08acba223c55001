import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { metresBetween, roughly } from '../kit/distance';
import { icon } from '../kit/icon';
import { myPosition } from '../kit/position';
import { t } from '../kit/strings';

type Point = [lon: number, lat: number];

const KEPT = 'gezhi.near-first';

/**
 * How far each row of the lists in `list` is from this device, and the nearest first for whoever wants it. The position is asked
 * for by a press, or at once where the browser has been allowed to give it; it stays in the page and is sent nowhere.
 */
@customElement('near-first')
export class NearFirst extends LitElement {
  @property() list = '';
  @state() private here: Point | undefined;
  @state() private failed = false;
  @state() private nearest = sessionStorage.getItem(KEPT) === '1';
  private readonly fresh = new MutationObserver(() => this.dress());

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  private get lists(): HTMLElement | null {
    return this.list ? document.querySelector<HTMLElement>(this.list) : null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void navigator.permissions
      ?.query({ name: 'geolocation' })
      .then(({ state: allowed }) => (allowed === 'granted' ? this.ask() : undefined))
      .catch(() => undefined);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.fresh.disconnect();
  }

  private async ask(): Promise<void> {
    const found = await myPosition().catch(() => undefined);
    this.failed = !found;
    if (!found) return;
    this.here = [found.longitude, found.latitude];
    this.dress();
  }

  /** Write the distances, and put the rows in order: by distance, or as the server gave them. */
  private dress(): void {
    const { here, lists } = this;
    if (!here || !lists) return;
    this.fresh.disconnect();
    for (const list of lists.querySelectorAll('ul')) {
      const items = [...list.children].filter((item): item is HTMLElement => item instanceof HTMLElement);
      const far = (item: HTMLElement): number => {
        const at = item.querySelector<HTMLElement>('[data-at]')?.dataset['at']?.split(',').map(Number);
        return at ? metresBetween(here, at as Point) : Infinity;
      };
      items.forEach((item, place) => {
        item.dataset['place'] ??= String(place);
        const words = item.querySelector('[data-distance]');
        const metres = far(item);
        if (words) words.textContent = Number.isFinite(metres) ? t('near_away', { distance: roughly(metres) }) : '';
      });
      const value = (item: HTMLElement) => (this.nearest ? far(item) : Number(item.dataset['place']));
      const sorted = [...items].sort((one, other) => value(one) - value(other) || Number(one.dataset['place']) - Number(other.dataset['place']));
      if (sorted.some((item, place) => item !== items[place])) list.append(...sorted);
    }
    this.fresh.observe(lists, { childList: true });
  }

  private order(nearest: boolean): void {
    this.nearest = nearest;
    sessionStorage.setItem(KEPT, nearest ? '1' : '0');
    this.dress();
  }

  private choice(nearest: boolean, words: string) {
    return html`<button type="button" aria-pressed=${this.nearest === nearest ? 'true' : 'false'} @click=${() => this.order(nearest)}>
      ${words}
    </button>`;
  }

  protected override render() {
    if (this.here) return html`<div class="segments" role="group">${this.choice(false, t('near_by_deadline'))}${this.choice(true, t('near_by_distance'))}</div>`;
    return html`<button type="button" class="button button-small" @click=${() => void this.ask()}>${icon('locate')}${t('near_show')}</button>
      ${this.failed ? html`<span class="small quiet" role="status">${t('map_position_unknown')}</span>` : nothing}`;
  }
}
