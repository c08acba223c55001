import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BACK, caughtUp, tellsOfThen } from '../kit/as-of';
import { Feed, type Change, type Link } from '../kit/live';
import { fetchPart } from '../kit/part';
import { t } from '../kit/strings';

// Several events of one step are one question to the server.
const GATHER = 800;

/**
 * A list that hears of changes and never moves under the reader's hand. New rows announce themselves as a number on a
 * button; the reader pulls them in. Rows on the page that changed get a dot. An empty list has nothing that could jump:
 * its first rows come in by themselves.
 *
 * `stream`, `poll` and `since` are those of `Feed`. With `ask-server` the state of a case alone does not say whether it
 * belongs here (a search, a filter, my own tasks): then the server's rows decide what is news.
 */
@customElement('live-list')
export class LiveList extends LitElement {
  @property() stream = '';
  @property() poll = '';
  @property({ type: Number }) since = 0;
  /** States that the list shows, by comma; empty: all. A case in another state is not news here. */
  @property() statuses = '';
  /** Address that gives the list's rows as they are now. */
  @property() rows = '';
  /** Address that gives single rows by their numbers, to renew those that changed where they stand. */
  @property({ attribute: 'row-of' }) rowOf = '';
  @property({ type: Boolean, attribute: 'ask-server' }) askServer = false;
  @state() private link: Link = 'connecting';
  @state() private fresh = new Set<string>();
  @state() private stale = false;
  private feed: Feed | undefined;
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private changed = new Set<string>();
  private renewing: ReturnType<typeof setTimeout> | undefined;

  protected override createRenderRoot(): HTMLElement {
    // The state and the button stand above the rows.
    this.renderOptions.renderBefore = this.firstChild;
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.feed = new Feed(this.stream, this.poll, this.since, {
      changed: (change) => this.note(change),
      lost: () => {
        this.stale = true;
        // Whether the list is still its reader's.
        void this.current();
        document.dispatchEvent(new CustomEvent('gezhi:lost'));
      },
      link: (link) => this.linked(link),
    });
    this.feed.open();
    document.addEventListener(BACK, this.back);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.feed?.close();
    document.removeEventListener(BACK, this.back);
    clearTimeout(this.gathering);
    clearTimeout(this.renewing);
  }

  /** Ask for changes now. */
  async ask(): Promise<void> {
    await this.feed?.ask();
  }

  private readonly back = (): void => {
    void this.pull();
    void this.feed?.ask();
  };

  /** A list that came from the device is that of the server as soon as there is one. */
  private linked(link: Link): void {
    this.link = link;
    if ((link === 'live' || link === 'polling') && tellsOfThen()) void this.pull();
  }

  private note(change: Change): void {
    // The open case hears of it too.
    document.dispatchEvent(new CustomEvent('gezhi:case', { detail: change }));
    const { number, visible, case: row } = change;
    const shown = this.row(number);
    if (shown && shown.getAttribute('aria-current') !== 'true') shown.setAttribute('data-fresh', '');
    if (shown && this.rowOf) {
      this.changed.add(number);
      clearTimeout(this.renewing);
      this.renewing = setTimeout(() => void this.renew(), GATHER);
    }
    if (this.askServer) {
      clearTimeout(this.gathering);
      this.gathering = setTimeout(() => void this.compare(), GATHER);
    } else if (!shown && visible && row && (!this.statuses || this.statuses.split(',').includes(row.status))) {
      this.fresh = new Set(this.fresh).add(number);
      if (this.numbers(this).length === 0) void this.pull();
    }
  }

  private row(number: string): Element | null {
    return this.querySelector(`[data-case="${CSS.escape(number)}"]`);
  }

  private numbers(root: ParentNode): string[] {
    return [...root.querySelectorAll('[data-case]')].map((row) => row.getAttribute('data-case') ?? '');
  }

  private current(): Promise<Document | undefined> {
    return this.askFor(this.rows);
  }

  private async askFor(address: string): Promise<Document | undefined> {
    const page = await fetchPart(address);
    if (!page) this.link = 'offline';
    return page;
  }

  /** The rows that changed tell what is so now, each in its place. */
  private async renew(): Promise<void> {
    const numbers = [...this.changed];
    this.changed = new Set();
    const address = `${this.rowOf}${this.rowOf.includes('?') ? '&' : '?'}${numbers.map((number) => `number=${encodeURIComponent(number)}`).join('&')}`;
    const page = await this.askFor(address);
    if (!page) return;
    for (const number of numbers) {
      const [old, now] = [this.row(number), page.querySelector(`[data-case="${CSS.escape(number)}"]`)];
      if (old && now) old.replaceChildren(...now.childNodes);
      // Given away, or out of the reader's sight for another reason.
      old?.toggleAttribute('data-gone', !now);
    }
  }

  /** What would be news: rows that the server shows and the page does not, or the other way round. */
  private async compare(): Promise<void> {
    const page = await this.current();
    if (!page) return;
    const [now, here] = [this.numbers(page), this.numbers(this)];
    this.fresh = new Set(now.filter((number) => !here.includes(number)));
    this.stale = here.some((number) => !now.includes(number));
    if (here.length === 0 && now.length > 0) this.put(page);
  }

  private async pull(): Promise<void> {
    const page = await this.current();
    if (!page) return;
    this.put(page);
    if (!tellsOfThen()) return;
    caughtUp();
    document.dispatchEvent(new CustomEvent('gezhi:lost'));
  }

  private put(page: Document): void {
    const list = this.querySelector('[data-rows]');
    if (!list) return;
    const current = list.querySelector('[aria-current=true]')?.getAttribute('data-case');
    list.replaceChildren(...page.body.childNodes);
    for (const number of this.fresh) this.row(number)?.setAttribute('data-fresh', '');
    if (current) this.row(current)?.setAttribute('aria-current', 'true');
    this.fresh = new Set();
    this.stale = false;
    window.htmx?.process(list);
  }

  protected override render() {
    const count = this.fresh.size;
    return html`
      <p class="live-state" data-state=${this.link} role="status">${t(`live_${this.link}`)}</p>
      ${count > 0 || this.stale
        ? html`<button type="button" class="button button-quiet list-new" data-key="n" @click=${() => void this.pull()}>
            ${count > 0 ? t('live_new', { count }) : t('live_reload')}
          </button>`
        : nothing}
      <span class="visually-hidden" aria-live="polite">${count > 0 ? t('live_new', { count }) : ''}</span>
    `;
  }
}

declare global {
  interface Window {
    htmx?: { process(element: Element): void };
  }
}
