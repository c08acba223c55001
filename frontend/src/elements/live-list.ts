import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { t } from '../kit/strings';

type Link = 'connecting' | 'live' | 'polling' | 'offline';

/** An event of the live edge: the case's row after the step, or none where it has left the reader's sight. */
interface Change {
  id?: number;
  visible: boolean;
  number: string;
  case: { status: string } | null;
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
  /** States that the list shows, by comma; empty: all. A case in another state is not news here. */
  @property() statuses = '';
  /** Address that gives the list's rows as they are now. */
  @property() rows = '';
  @state() private link: Link = 'connecting';
  @state() private fresh = new Set<string>();
  @state() private stale = false;
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;

  protected override createRenderRoot(): HTMLElement {
    // The state and the button stand above the rows.
    this.renderOptions.renderBefore = this.firstChild;
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
    this.source.addEventListener('case', (event) => this.hear(event as MessageEvent<string>));
    // Events were lost: the rows on the screen may be old, so a pull is offered.
    this.source.addEventListener('reset', () => (this.stale = true));
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
    this.since = Number(event.lastEventId || this.since);
    this.note(JSON.parse(event.data) as Change);
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    try {
      const answer = await fetch(`${this.poll}${this.poll.includes('?') ? '&' : '?'}since=${this.since}`, {
        headers: { Accept: 'application/json' },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const body = (await answer.json()) as { events: Change[]; last_id: number; reset: boolean };
      for (const change of body.events) this.note(change);
      this.stale ||= body.reset;
      this.since = body.last_id;
      this.link = 'polling';
    } catch {
      this.link = 'offline';
    }
    if (this.isConnected) this.timer = setTimeout(() => void this.ask(), POLL_EVERY);
  }

  private note({ number, visible, case: row }: Change): void {
    const shown = this.querySelector(`[data-case="${CSS.escape(number)}"]`);
    if (shown) {
      if (shown.getAttribute('aria-current') !== 'true') shown.setAttribute('data-fresh', '');
    } else if (visible && row && (!this.statuses || this.statuses.split(',').includes(row.status))) {
      this.fresh = new Set(this.fresh).add(number);
    }
  }

  private async pull(): Promise<void> {
    const list = this.querySelector('[data-rows]');
    const answer = await fetch(this.rows, { headers: { 'HX-Request': 'true' } });
    if (!list || !answer.ok) {
      this.link = 'offline';
      return;
    }
    const current = list.querySelector('[aria-current=true]')?.getAttribute('data-case');
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    list.replaceChildren(...page.body.childNodes);
    for (const id of this.fresh) list.querySelector(`[data-case="${CSS.escape(id)}"]`)?.setAttribute('data-fresh', '');
    if (current) list.querySelector(`[data-case="${CSS.escape(current)}"]`)?.setAttribute('aria-current', 'true');
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
