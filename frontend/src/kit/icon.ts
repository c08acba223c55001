import { svg, type SVGTemplateResult } from 'lit';

const sprite = document.documentElement.dataset['icons'] ?? '';

/** An icon of the shared sprite, hidden from screen readers: the words beside it say the same. */
export function icon(name: string): SVGTemplateResult {
  return svg`<svg class="icon" aria-hidden="true" focusable="false"><use href="${sprite}#${name}"></use></svg>`;
}
