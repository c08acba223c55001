import { forgetTyped, keepTyped } from '../kit/typed';

/** Where the steps of a report are. */
const REPORT = '/report';

/** Names of the pictures that the server holds for this report, kept in this tab until it has gone. */
const HELD = 'gezhi.held';

/**
 * The steps of a report. What was typed at the second one stays in this tab until the report has gone: whoever goes back, by the
 * browser or by a step's name, finds it. A step that answers a form takes the address of the one before (`address`): going back to
 * it, or loading it anew, then never asks whether to send a form again. Pictures that were sent with a form which came back are
 * not lost by that: the second step names them to the third.
 */
class ReportSteps extends HTMLElement {
  connectedCallback(): void {
    const words = this.getAttribute('words') ?? '';
    if (this.hasAttribute('gone')) {
      forgetTyped(words);
      sessionStorage.removeItem(HELD);
      return;
    }
    const address = this.getAttribute('address');
    if (address) history.replaceState(history.state, '', address);
    if (this.hasAttribute('keep')) {
      addEventListener('pagehide', () => keepTyped(words, REPORT));
      nameHeld();
    } else addEventListener('pagehide', keepHeld);
  }
}

function keepHeld(): void {
  const boxes = [...document.querySelectorAll<HTMLInputElement>('input[name=held]')];
  if (boxes.length === 0) return;
  try {
    sessionStorage.setItem(HELD, boxes.flatMap((box) => (box.checked ? [box.value] : [])).join(' '));
  } catch {
    // A browser that keeps nothing: the pictures are chosen again.
  }
}

function nameHeld(): void {
  const form = document.querySelector<HTMLTextAreaElement>('#id_description')?.form;
  for (const token of sessionStorage.getItem(HELD)?.split(' ').filter(Boolean) ?? []) {
    const field = document.createElement('input');
    [field.type, field.name, field.value] = ['hidden', 'held', token];
    form?.append(field);
  }
}

customElements.define('report-steps', ReportSteps);
