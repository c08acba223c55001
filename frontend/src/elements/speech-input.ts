type Trouble = 'denied' | 'none' | 'silent' | 'failed';

interface Heard extends Event {
  readonly resultIndex: number;
  readonly results: ArrayLike<ArrayLike<{ readonly transcript: string }> & { readonly isFinal: boolean }>;
}
interface Listening extends EventTarget {
  lang: string;
  interimResults: boolean;
  start(): void;
  stop(): void;
  abort(): void;
}
type Listen = new () => Listening;

declare global {
  interface Window {
    SpeechRecognition?: Listen;
    webkitSpeechRecognition?: Listen;
  }
}

/** What the browser calls it when speech comes to nothing; whatever else it calls it, it failed. */
const TROUBLES: Record<string, Trouble> = {
  'not-allowed': 'denied',
  'service-not-allowed': 'denied',
  'audio-capture': 'none',
  'no-speech': 'silent',
};

/**
 * A button that writes what somebody says into the field `for`, where the browser turns speech into words; it shows itself only there.
 * One press listens until the speaker pauses, another stops. What is heard so far stands beside the button, and goes into the field once
 * the browser is sure of it.
 */
export class SpeechInput extends HTMLElement {
  private listening: Listening | undefined;
  private trouble = '';

  connectedCallback(): void {
    if (!(window.SpeechRecognition ?? window.webkitSpeechRecognition) || !this.field) return;
    this.hidden = false;
    this.button.addEventListener('click', this.pressed);
    this.field.form?.addEventListener('submit', this.leave);
    addEventListener('pagehide', this.leave);
  }

  disconnectedCallback(): void {
    this.leave();
    removeEventListener('pagehide', this.leave);
  }

  private get field(): HTMLTextAreaElement | null {
    return document.querySelector(`textarea#${CSS.escape(this.getAttribute('for') ?? '')}`);
  }

  private get button(): HTMLButtonElement {
    return this.querySelector('button')!;
  }

  private readonly leave = (): void => this.listening?.abort();

  private readonly pressed = (): void => {
    if (this.listening) this.listening.stop();
    else this.listen();
  };

  private listen(): void {
    const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
    if (!Recognition) return;
    const listening = new Recognition();
    listening.lang = document.documentElement.lang;
    listening.interimResults = true;
    listening.addEventListener('result', (event) => this.hear(event as Heard));
    listening.addEventListener('error', (event) => {
      const { error } = event as Event & { error: string };
      if (error !== 'aborted') this.trouble = this.getAttribute(TROUBLES[error] ?? 'failed') ?? '';
    });
    listening.addEventListener('end', () => this.ended(), { once: true });
    this.trouble = '';
    try {
      listening.start();
    } catch {
      // The browser listens to another page of ours.
      this.say(this.getAttribute('failed') ?? '');
      return;
    }
    this.listening = listening;
    this.show(true);
    this.say(this.getAttribute('listening') ?? '');
  }

  private hear({ results, resultIndex }: Heard): void {
    let soFar = '';
    for (let place = resultIndex; place < results.length; place += 1) {
      const words = results[place]?.[0]?.transcript ?? '';
      if (results[place]?.isFinal) this.write(words);
      else soFar += words;
    }
    if (soFar) this.say(soFar);
  }

  private ended(): void {
    this.listening = undefined;
    this.show(false);
    this.say(this.trouble);
  }

  private write(words: string): void {
    const { field } = this;
    const text = words.trim();
    if (!field || !text) return;
    const [start, end] = [field.selectionStart, field.selectionEnd];
    const apart = /[\w.,;!?]$/.test(field.value.slice(0, start)) && /^\w/.test(text) ? ' ' : '';
    field.setRangeText(apart + text, start, end, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  private show(listening: boolean): void {
    this.button.setAttribute('aria-pressed', String(listening));
    const [start, stop] = this.button.querySelectorAll('span');
    start?.toggleAttribute('hidden', listening);
    stop?.toggleAttribute('hidden', !listening);
  }

  private say(words: string): void {
    this.querySelector('[role=status]')!.textContent = words;
  }
}

customElements.define('speech-input', SpeechInput);
