import { Feed, type Change } from '../kit/live';

/**
 * The page of one case that learns when somebody else moves it: it changes nothing under the reader's hand, it shows the
 * words that stand hidden inside it. Beside a `live-list` it hears what the list hears; alone (`stream`, `poll`,
 * `since`) it listens by itself.
 */
export class LiveCase extends HTMLElement {
  private feed: Feed | undefined;

  private readonly hear = (event: Event) => this.note((event as CustomEvent<Change>).detail);

  connectedCallback(): void {
    document.addEventListener('gezhi:case', this.hear);
    const poll = this.getAttribute('poll');
    if (poll === null) return;
    this.feed = new Feed(this.getAttribute('stream') ?? '', poll, Number(this.getAttribute('since')), {
      changed: (change) => this.note(change),
      lost: () => this.tell(),
      link: () => undefined,
    });
    this.feed.open();
  }

  disconnectedCallback(): void {
    document.removeEventListener('gezhi:case', this.hear);
    this.feed?.close();
  }

  private note(change: Change): void {
    if (change.number !== this.getAttribute('number')) return;
    // One's own step is heard too: the page that came back with it has its version.
    if (!change.visible || (change.case?.version ?? 0) > Number(this.getAttribute('version'))) this.tell();
  }

  private tell(): void {
    this.querySelector<HTMLElement>('[data-moved-on]')?.removeAttribute('hidden');
  }
}

customElements.define('live-case', LiveCase);
