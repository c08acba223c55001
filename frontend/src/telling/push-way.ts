import './push-way.css';
import { forget, remember } from './followed';

/** Said by a resident whose device others use too: the draft of a report asks it. */
const SHARED = 'gezhi.shared';
/** A script that does not start in this time (milliseconds) does not start. */
const PATIENCE = 10_000;
type Trouble = 'denied' | 'default' | 'failed';

const isPossible = (): boolean => isSecureContext && 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** An iPad says that it is a Mac; no Mac is touched by several fingers. */
const isHandheldOfApple = (): boolean =>
  /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

/**
 * The choice to be told on this device. It shows itself, so that without a script nobody is offered it. The browser asks for leave
 * once somebody has chosen it and presses the form's button, and never before. `gone`: there is nothing to choose, the reporter had
 * all erased.
 */
class PushWay extends HTMLElement {
  private form: HTMLFormElement | null = null;

  connectedCallback(): void {
    if (this.hasAttribute('gone')) {
      if (isPossible()) void this.leave().catch((error: unknown) => console.warn(error));
      return;
    }
    this.form = this.closest('form');
    // What a form that was refused brought may be why.
    for (const field of this.querySelectorAll<HTMLInputElement>('input[type=hidden]')) field.value = '';
    this.hidden = false;
    const fold = this.closest('details');
    if (fold) fold.hidden = false;
    this.form?.addEventListener('change', this.show);
    this.form?.addEventListener('submit', this.send);
    if (!isPossible()) {
      this.show();
      return;
    }
    const alone = !this.form?.querySelector('input[name=way]:not([value=push])');
    if (this.hasAttribute('chosen') || alone) this.radio.checked = true;
    this.show();
    navigator.permissions
      ?.query({ name: 'notifications' })
      .then((leave) => leave.addEventListener('change', () => this.show()))
      .catch(() => undefined);
    navigator.serviceWorker.addEventListener('message', this.renew);
    navigator.serviceWorker.startMessages();
    if (!this.hasAttribute('told')) void this.leave().catch((error: unknown) => console.warn(error));
  }

  disconnectedCallback(): void {
    this.form?.removeEventListener('change', this.show);
    this.form?.removeEventListener('submit', this.send);
    navigator.serviceWorker?.removeEventListener('message', this.renew);
  }

  private get radio(): HTMLInputElement {
    return this.querySelector('input[type=radio]')!;
  }

  private say(trouble?: Trouble): void {
    for (const words of this.querySelectorAll<HTMLElement>('.push-trouble')) words.hidden = words.dataset['say'] !== trouble;
  }

  private readonly show = (): void => {
    const [possible, blocked] = [isPossible(), isPossible() && Notification.permission === 'denied'];
    this.radio.disabled = !possible;
    const chosen = this.radio.checked;
    const shown: Record<string, boolean> = {
      about: chosen && !blocked,
      unsupported: !possible,
      apple: !possible && isHandheldOfApple(),
    };
    for (const [name, there] of Object.entries(shown)) this.querySelector<HTMLElement>(`[data-say=${name}]`)!.hidden = !there;
    this.say(blocked && chosen ? 'denied' : undefined);
    const address = this.form?.querySelector<HTMLElement>('.field:has([name=address])');
    if (address) address.hidden = chosen;
  };

  /** Ask the browser before the form is sent, and send it with what the browser gave. */
  private readonly send = (event: SubmitEvent): void => {
    const which = this.form?.querySelector<HTMLInputElement>('input[name=which]:checked')?.value;
    if (!this.radio.checked || this.radio.disabled || !which || which === 'none' || this.field('endpoint').value) return;
    event.preventDefault();
    this.say();
    void this.ask()
      .catch((error: unknown): Trouble => {
        console.info(error);
        return 'failed';
      })
      .then((trouble) => {
        if (!trouble) {
          this.form?.requestSubmit();
          return;
        }
        for (const button of this.form?.querySelectorAll('[aria-busy]') ?? []) button.removeAttribute('aria-busy');
        this.say(trouble);
      });
  };

  private field(name: string): HTMLInputElement {
    return this.querySelector<HTMLInputElement>(`input[name=${name}]`)!;
  }

  private async ask(): Promise<Trouble | undefined> {
    const leave = await Notification.requestPermission();
    if (leave !== 'granted') return leave;
    const scope = this.getAttribute('scope') ?? '';
    const registered = await navigator.serviceWorker.register(this.getAttribute('script') ?? '', { scope });
    await Promise.race([navigator.serviceWorker.ready, new Promise((_, failed) => setTimeout(() => failed(new Error('too long')), PATIENCE))]);
    const told = (await subscription(registered, this.getAttribute('key') ?? '')).toJSON();
    if (!told.endpoint || !told.keys?.['p256dh'] || !told.keys['auth']) return 'failed';
    this.field('endpoint').value = told.endpoint;
    this.field('p256dh').value = told.keys['p256dh'];
    this.field('auth').value = told.keys['auth'];
    await remember(this.number, localStorage.getItem(SHARED) === null ? (this.getAttribute('page') ?? '') : '');
    return undefined;
  }

  private get number(): string {
    return this.getAttribute('number') ?? '';
  }

  /** Of this report no messages come here; where none come of any other, the browser need not wait for them. */
  private async leave(): Promise<void> {
    if ((await forget(this.number)) > 0) return;
    const scope = new URL(this.getAttribute('scope') ?? '', location.href).href;
    const registered = (await navigator.serviceWorker.getRegistrations()).find((one) => one.scope === scope);
    await (await registered?.pushManager.getSubscription())?.unsubscribe();
    await registered?.unregister();
  }

  /** A message of this report was pressed: the page tells the newest, unless somebody is writing in it. */
  private readonly renew = ({ data }: MessageEvent<{ say?: string }>): void => {
    const written = [...document.querySelectorAll('textarea')].some(({ value }) => value.trim() !== '');
    if (data.say === 'told' && !written) location.reload();
  };
}

/** What this browser is subscribed to under the city's key; under another one it takes nothing of the city any more. */
async function subscription(registered: ServiceWorkerRegistration, key: string): Promise<PushSubscription> {
  const wanted = bytes(key);
  const there = await registered.pushManager.getSubscription();
  if (there && same(there.options.applicationServerKey, wanted)) return there;
  await there?.unsubscribe();
  return registered.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
}

function same(one: ArrayBuffer | null, other: Uint8Array): boolean {
  if (!one || one.byteLength !== other.length) return false;
  return new Uint8Array(one).every((byte, place) => byte === other[place]);
}

customElements.define('push-way', PushWay);
