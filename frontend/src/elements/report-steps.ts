import { forgetTyped, keepTyped } from '../kit/typed';

/** Where the steps of a report are. */
const REPORT = '/report';

/**
 * The steps of a report. What was typed at the second one stays in this tab until the report has gone: whoever goes back, by the
 * browser or by a step's name, finds it. A step that answers a form takes the address of the one before (`address`): going back to
 * it, or loading it anew, then never asks whether to send a form again.
 */
class ReportSteps extends HTMLElement {
  connectedCallback(): void {
    const words = this.getAttribute('words') ?? '';
    if (this.hasAttribute('gone')) {
      forgetTyped(words);
      return;
    }
    const address = this.getAttribute('address');
    if (address) history.replaceState(history.state, '', address);
    if (this.hasAttribute('keep')) addEventListener('pagehide', () => keepTyped(words, REPORT));
  }
}

customElements.define('report-steps', ReportSteps);
