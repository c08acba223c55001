import './offline.css';
import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { BACK, caughtUp, cutOff, tellsOfThen } from '../kit/as-of';
import { icon } from '../kit/icon';
import { t } from '../kit/strings';
import { toast } from '../kit/toast';
import { mark, tellDeadlines } from './marks';
import { dueAt, type Item, listen, queueOf, type Run, sendAll } from './queue';
import { takeForms } from './sending';
import { person, say } from './words';

/** What came of the last try to send, for whoever shows it. */
export const TRIED = 'gezhi:tried';
/** Time for a server to show that it is there (milliseconds). */
const PATIENCE = 5_000;

/** The worker's pages are kept on the device, others are not: a link to them would end at the browser's own page. */
function stayWhereItIsKept(event: MouseEvent): void {
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[href]');
  if (!cutOff() || !link || link.origin !== location.origin || link.pathname.startsWith('/worker')) return;
  event.preventDefault();
  void leadsSomewhere(link.href).then((there) => (there ? location.assign(link.href) : toast(t('offline_link'), { tone: 'urgent' })));
}

/** Whether a server answers there, whatever its answer. */
async function leadsSomewhere(address: string): Promise<boolean> {
  if (!navigator.onLine) return false;
  return fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(PATIENCE) }).then(
    () => true,
    () => false,
  );
}

/** The pages that hear of changes ask for themselves; what the others show is loaded anew, and a form that stands alone is as good as before. */
function catchUp(): void {
  if (document.querySelector('live-list, live-case')) document.dispatchEvent(new CustomEvent(BACK));
  else if (tellsOfThen() && !document.querySelector('main form[method=post]')) location.reload();
  else caughtUp();
}

/** Said to have the queue sent now. */
export const SEND = 'gezhi:send';

/**
 * The mark in the header: whether there is a network, and how many forms wait. With it comes all that lets the worker's pages work
 * without one: the service worker that keeps them, and the queue that forms go through.
 */
@customElement('offline-mark')
export class OfflineMark extends LitElement {
  @property() script = '';
  @property() scope = '';
  @property() waiting = '';
  @property({ attribute: 'sign-in' }) signIn = '';
  @state() private items: Item[] = [];
  @state() private online = navigator.onLine;
  @state() private signedOut = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    takeForms((run) => this.heard(run));
    listen(() => void this.look());
    document.addEventListener('click', stayWhereItIsKept);
    addEventListener('online', () => void this.send(true).then(catchUp));
    addEventListener('offline', () => {
      this.online = false;
      tellDeadlines();
    });
    if (tellsOfThen() || !this.online) tellDeadlines();
    document.addEventListener(SEND, () => void this.send(true));
    document.addEventListener('gezhi:renewed', () => mark(this.told));
    const rows = document.querySelector('[data-rows]');
    // The list takes in what is new: it is marked anew, and kept as it is now.
    const moved = new MutationObserver(() => {
      mark(this.told);
      void this.keepPages(String(Date.now()));
    });
    if (rows) moved.observe(rows, { childList: true });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void this.send(true);
      else if (this.items.length > 0) navigator.serviceWorker?.controller?.postMessage({ say: 'send' });
    });
    void this.look().then(() => this.send(false));
    void this.keepPages();
  }

  /** What is worth telling: a form that is on its way this very moment does not wait. */
  private get told(): Item[] {
    return this.items.filter(({ written, tries, refusal }) => written < performance.timeOrigin || tries > 0 || refusal || !this.online);
  }

  /** Look at what waits, and be there when the next is due. */
  private async look(): Promise<void> {
    const before = this.items;
    this.items = await queueOf(person()).catch(() => []);
    const left = new Set(this.items.map(({ id }) => id));
    mark(this.told);
    // What has gone was sent: the list and the case show what came of it. A page that sends its own form is about to be left.
    if (this.online && before.some(({ id, written }) => !left.has(id) && written < performance.timeOrigin)) document.dispatchEvent(new CustomEvent(BACK));
    clearTimeout(this.timer);
    const due = dueAt(this.items);
    if (due === undefined || !this.online || this.signedOut) return;
    this.timer = setTimeout(() => void this.send(false), Math.max(500, due - Date.now()));
  }

  private async send(eager: boolean): Promise<void> {
    this.online = navigator.onLine;
    if (!this.items.some(({ refusal }) => !refusal)) return;
    this.heard(await sendAll({ eager, person: person() }));
  }

  private heard(run: Run): void {
    this.online = navigator.onLine;
    this.signedOut = run.stopped === 'signed-out';
    document.dispatchEvent(new CustomEvent<Run>(TRIED, { detail: run }));
    void this.look();
  }

  /** Have the service worker keep the list (as of `list`), its cases and the pages around them. */
  private async keepPages(list = ''): Promise<void> {
    if (!('serviceWorker' in navigator) || !person()) return;
    const rows = [...document.querySelectorAll<HTMLElement>('main a.list-row[data-case]')];
    const around = ['/worker/notice', '/worker/waiting', '/worker/not-kept'].map((address) => ({ address, of: '' }));
    const cases = rows.map((row) => ({ address: `/worker/cases/${row.dataset['case']}`, of: row.dataset['version'] ?? '' }));
    try {
      await navigator.serviceWorker.register(this.script, { scope: this.scope });
      const { active } = await navigator.serviceWorker.ready;
      active?.postMessage({ say: 'keep', pages: [{ address: '/worker', of: list }, ...around, ...cases] });
    } catch (error) {
      // Private windows refuse; the pages work with a network as they did.
      console.warn(error);
    }
  }

  protected override render() {
    const items = this.told;
    const refused = items.filter(({ refusal }) => refusal).length;
    const rest = items.length - refused;
    if (this.online && items.length === 0) return nothing;
    const words = [
      ...(this.online ? [] : [say('offline')]),
      ...(rest ? [say('waiting_count', { count: rest })] : []),
      ...(refused ? [say('refused_count', { count: refused })] : []),
      ...(this.signedOut ? [say('signed_out')] : []),
    ].join(' · ');
    return html`<a class="offline-mark" href=${this.waiting} data-tone=${refused || this.signedOut ? 'urgent' : 'warn'} aria-label=${words} title=${words}>
      ${icon(this.online ? 'clock' : 'offline')}
      ${this.online ? nothing : html`<span class=${items.length ? 'only-wide' : ''}>${say('offline')}</span>`}
      ${items.length ? html`<span class="offline-count">${items.length}</span>` : nothing}
    </a>`;
  }
}
