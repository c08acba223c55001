import { BACK, caughtUp, tellsOfThen } from '../kit/as-of';
import '../styles/case.css';
import { Feed, type Change } from '../kit/live';

// The steps of one act come together; somebody who writes a note is heard once.
const GATHER = 300;

/**
 * The page of one case that learns when somebody else moves it: its parts are renewed in place, and what the reader is
 * writing stays. Beside a `live-list` it hears what the list hears; alone (`stream`, `poll`, `since`) it listens by
 * itself. `page` is the address of the case's page.
 */
export class LiveCase extends HTMLElement {
  private feed: Feed | undefined;
  private gathering: ReturnType<typeof setTimeout> | undefined;

  private readonly hear = (event: Event) => this.note((event as CustomEvent<Change>).detail);
  private readonly again = () => this.renewSoon();

  connectedCallback(): void {
    document.addEventListener('gezhi:case', this.hear);
    for (const event of ['gezhi:lost', BACK]) document.addEventListener(event, this.again);
    const poll = this.getAttribute('poll');
    if (poll === null) return;
    this.feed = new Feed(this.getAttribute('stream') ?? '', poll, Number(this.getAttribute('since')), {
      changed: (change) => this.note(change),
      lost: this.again,
      link: (link) => (link === 'live' || link === 'polling') && tellsOfThen() && this.renewSoon(),
    });
    this.feed.open();
  }

  disconnectedCallback(): void {
    document.removeEventListener('gezhi:case', this.hear);
    for (const event of ['gezhi:lost', BACK]) document.removeEventListener(event, this.again);
    clearTimeout(this.gathering);
    this.feed?.close();
  }

  private note(change: Change): void {
    if (change.number !== this.getAttribute('number')) return;
    // One's own step is heard too: the page that came back with it has its version.
    if (!change.visible || (change.case?.version ?? 0) > Number(this.getAttribute('version'))) this.renewSoon();
  }

  private renewSoon(): void {
    clearTimeout(this.gathering);
    this.gathering = setTimeout(() => void this.renew(), GATHER);
  }

  private async renew(): Promise<void> {
    const { renewCase } = await import('../hub/case-parts');
    if (await renewCase(this)) caughtUp();
    else if (navigator.onLine) this.querySelector<HTMLElement>('[data-moved-on]')?.removeAttribute('hidden');
  }
}

customElements.define('live-case', LiveCase);
