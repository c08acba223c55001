import { LitElement, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { icon } from '../kit/icon';
import { askPart } from '../kit/part';
import { t } from '../kit/strings';

/**
 * The rows of the cases pressed on a map, as their list shows them: beside the map's buttons, on a phone at the bottom of the
 * screen. Says `shown` with how many of the lowest pixels of the map it covers, and `gone` when it is closed.
 */
@customElement('map-card')
export class MapCard extends LitElement {
  /** Address of rows; the numbers follow. */
  @property({ attribute: false }) address = '';
  @property({ attribute: false }) numbers: string[] = [];
  @property({ attribute: false }) words: Record<string, string> = {};
  private turn = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.escape);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.escape);
  }

  private readonly escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) this.close();
  };

  private close(): void {
    // The focus goes back to the map, unless it is in the list.
    if (this.contains(document.activeElement) || document.activeElement === document.body) {
      this.parentElement?.querySelector('canvas')?.focus();
    }
    this.dispatchEvent(new CustomEvent('gone'));
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('numbers')) void this.fill();
  }

  private async fill(): Promise<void> {
    this.turn += 1;
    const mine = this.turn;
    const address = new URL(this.address, location.href);
    for (const number of this.numbers) address.searchParams.append('number', number);
    const rows = await askPart(address).then(
      (answer) => (answer.ok ? answer.text() : undefined),
      () => undefined,
    );
    const list = this.querySelector('ul');
    if (mine !== this.turn || !list) return;
    list.removeAttribute('aria-busy');
    if (rows === undefined) list.textContent = t('request_failed');
    else list.innerHTML = rows;
    window.htmx?.process(list);
    const frame = this.parentElement?.getBoundingClientRect();
    const top = this.querySelector('.map-card')?.getBoundingClientRect().top;
    if (frame && top !== undefined) this.dispatchEvent(new CustomEvent('shown', { detail: Math.max(0, frame.bottom - top) }));
  }

  private mark(event: Event): void {
    const number = (event.target as Element).closest<HTMLElement>('[data-case]')?.dataset['case'];
    if (!number) return;
    for (const row of document.querySelectorAll('[data-walk] [aria-current]')) row.removeAttribute('aria-current');
    document.getElementById(`row-${number}`)?.setAttribute('aria-current', 'true');
  }

  protected override render() {
    return html`<section class="map-card" aria-label=${this.words['pressed'] ?? ''}>
      <div class="map-card-head small quiet">
        <span>${this.words['pressed']}</span>
        <button type="button" class="button button-quiet button-small map-card-close" aria-label=${this.words['close'] ?? ''} @click=${() => this.close()}>
          ${icon('close')}
        </button>
      </div>
      <ul class="list map-cases" role="list" aria-live="polite" aria-busy="true" @click=${(event: Event) => this.mark(event)}></ul>
    </section>`;
  }
}
