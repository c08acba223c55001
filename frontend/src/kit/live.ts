import { loadAnew } from './part';

/** An event of the live edge: the case's row after the step, or none where it has left the reader's sight. */
export interface Change {
  id?: number;
  visible: boolean;
  number: string;
  case: { status: string; version: number } | null;
}

export type Link = 'connecting' | 'live' | 'polling' | 'offline';

interface Ears {
  changed: (change: Change) => void;
  /** Events were lost: what is on the screen may be old. */
  lost: () => void;
  link: (link: Link) => void;
}

const POLL_EVERY = 15_000;

/**
 * Hears of changes: by the live edge's stream (server-sent events; the browser resumes by Last-Event-ID), or, where no
 * stream can be held, by asking `poll`; with each answer the stream is tried again. `since` is the number of the last event
 * that the page already holds.
 */
export class Feed {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private polling = false;
  private closed = false;
  private rights: string | undefined;

  constructor(
    private readonly stream: string,
    private readonly poll: string,
    private since: number,
    private readonly ears: Ears,
  ) {}

  /** Asked for each quarter of a minute, the server would be found again that much later. */
  private readonly back = () => void this.ask();

  open(): void {
    addEventListener('online', this.back);
    if (this.streams) this.listen();
    else void this.ask();
  }

  private get streams(): boolean {
    return this.stream !== '' && typeof EventSource !== 'undefined';
  }

  private listen(): void {
    this.source?.close();
    const address = new URL(this.stream, location.href);
    address.searchParams.set('since', String(this.since));
    this.source = new EventSource(address, { withCredentials: true });
    this.source.onopen = () => {
      this.failures = 0;
      this.polling = false;
      clearTimeout(this.timer);
      this.ears.link('live');
    };
    this.source.addEventListener('case', (event) => {
      const { data, lastEventId } = event as MessageEvent<string>;
      this.since = Number(lastEventId || this.since);
      this.ears.changed(JSON.parse(data) as Change);
    });
    this.source.addEventListener('reset', () => this.ears.lost());
    this.source.onerror = () => {
      if (this.polling) {
        // It is asked for in the meantime, and tried again with the next answer.
        this.source?.close();
        return;
      }
      this.failures += 1;
      this.ears.link(navigator.onLine ? 'connecting' : 'offline');
      // The browser retries by itself; a port that a firewall swallows never opens, so after two tries ask instead.
      if (this.failures >= 2 || this.source?.readyState === EventSource.CLOSED) {
        this.source?.close();
        void this.ask();
      }
    };
  }

  close(): void {
    this.closed = true;
    removeEventListener('online', this.back);
    this.source?.close();
    clearTimeout(this.timer);
  }

  /** Ask now, and again in a while. */
  async ask(): Promise<void> {
    clearTimeout(this.timer);
    this.polling = true;
    try {
      const answer = await fetch(`${this.poll}${this.poll.includes('?') ? '&' : '?'}since=${this.since}`, {
        headers: { Accept: 'application/json' },
      });
      if (answer.status === 401 || answer.status === 403) loadAnew();
      if (!answer.ok) throw new Error(String(answer.status));
      const body = (await answer.json()) as { events: Change[]; last_id: number; reset: boolean; rights: string };
      // Nobody is told of nothing: whoever the page was made for is signed in no longer.
      if (body.rights === '' && document.documentElement.dataset['person']) loadAnew();
      for (const change of body.events) this.ears.changed(change);
      if (body.reset || body.rights !== (this.rights ?? body.rights)) this.ears.lost();
      this.rights = body.rights;
      this.since = body.last_id;
      this.ears.link('polling');
      if (this.streams && !this.closed) this.listen();
    } catch {
      this.ears.link('offline');
    }
    if (this.polling && !this.closed) this.timer = setTimeout(() => void this.ask(), POLL_EVERY);
  }
}
