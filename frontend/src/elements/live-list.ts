import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../kit/strings';

type Link = 'connecting' | 'live' | 'polling' | 'offline';

interface Change {
  id: number;
  case_id: string | number;
}

const POLL_EVERY = 15_000;

/**
 * A list that hears of changes and never moves under the reader's hand. New rows announce themselves as a number on a
 * button; the reader pulls them in. Rows on the page that changed get a dot.
 *
 * `stream` is the live edge's address (server-sent events; the browser resumes by Last-Event-ID), `poll` the fallback,
 * `since` the number of the last event that the page's rows already hold.
 */
@customElement('live-list')
export class LiveList extends LitElement {
  @property() stream = '';
  @property() poll = '';
  @property({ type: Number }) since = 0;
  /** Address that gives the list's rows as they are now. */
  @property() rows = '';
  @state() private link: Link = 'connecting';
  @state() private fresh = new Set<string>();
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.source?.close();
    clearTimeout(this.timer);
  }

  private open(): void {
    if (!this.stream || typeof EventSource === 'undefined') {
      void this.ask();
      return;
    }
    const address = new URL(this.stream, location.href);
    address.searchParams.set('since', String(this.since));
    this.source = new EventSource(address, { withCredentials: true });
    this.source.onopen = () => {
      this.failures = 0;
      this.link = 'live';
    };
    this.source.onmessage = (event: MessageEvent<string>) => this.hear(event);
    this.source.addEventListener('case', (event) => this.hear(event as MessageEvent<string>));
    this.source.onerror = () => {
      this.failures += 1;
      this.link = navigator.onLine ? 'connecting' : 'offline';
      // The browser retries by itself; a port that a firewall swallows never opens, so after two tries ask instead.
      if (this.failures >= 2 || this.source?.readyState === EventSource.CLOSED) {
        this.source?.close();
        void this.ask();
      }
    };
  }

  private hear(event: MessageEvent<string>): void {
    const change = JSON.parse(event.data) as Change;
    this.since = Number(event.lastEventId || change.id || this.since);
    this.note(change);
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    try {
      const answer = await fetch(`${this.poll}${this.poll.includes('?') ? '&' : '?'}since=${this.since}`, {
        headers: { Accept: 'application/json' },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const body = (await answer.json()) as { events?: Change[]; last_id?: number };
      for (const change of body.events ?? []) {
        this.since = Math.max(this.since, change.id);
        this.note(change);
      }
      this.since = Math.max(this.since, body.last_id ?? 0);
      this.link = 'polling';
    } catch {
      this.link = 'offline';
    }
    if (this.isConnected) this.timer = setTimeout(() => void this.ask(), POLL_EVERY);
  }

  private note(change: Change): void {
    const id = String(change.case_id);
    const row = this.querySelector(`[data-case-id="${CSS.escape(id)}"]`);
    if (row) {
      if (row.getAttribute('aria-current') !== 'true') row.setAttribute('data-fresh', '');
    } else this.fresh = new Set(this.fresh).add(id);
  }

  private async pull(): Promise<void> {
    const list = this.querySelector('[data-rows]');
    const answer = await fetch(this.rows, { headers: { 'HX-Request': 'true' } });
    if (!list || !answer.ok) {
      this.link = 'offline';
      return;
    }
    const current = list.querySelector('[aria-current=true]')?.getAttribute('data-case-id');
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    list.replaceChildren(...page.body.childNodes);
    for (const id of this.fresh) list.querySelector(`[data-case-id="${CSS.escape(id)}"]`)?.setAttribute('data-fresh', '');
    if (current) list.querySelector(`[data-case-id="${CSS.escape(current)}"]`)?.setAttribute('aria-current', 'true');
    this.fresh = new Set();
    window.htmx?.process(list);
  }

  protected override render() {
    const count = this.fresh.size;
    return html`
      <p class="live-state" data-state=${this.link} role="status">${t(`live_${this.link}`)}</p>
      ${count > 0
        ? html`<button type="button" class="button button-quiet list-new" data-key="n" @click=${() => void this.pull()}>
            ${t('live_new', { count })}
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
