import { askPart } from '../kit/part';

// However much happens, the figures are asked for no oftener than this.
const EVERY = 4_000;

/** The figures in a drop-down with `data-counts` (the address that tells its options' words), and in links with `data-count`
 * (an option's value), move with the cases. */
export function keepCounts(): void {
  const select = document.querySelector<HTMLSelectElement>('select[data-counts]');
  if (!select) return;
  let [asked, waiting] = [0, false];
  const ask = async () => {
    waiting = false;
    asked = Date.now();
    const answer = await askPart(select.dataset['counts'] ?? '', { headers: { Accept: 'application/json' } }).catch(() => undefined);
    if (!answer?.ok) return;
    const words = (await answer.json()) as Record<string, string>;
    const links = [...document.querySelectorAll<HTMLElement>('[data-count]')].map((link): [HTMLElement, string] => [link, link.dataset['count'] ?? '']);
    const options = [...select.options].map((option): [HTMLElement, string] => [option, option.value]);
    for (const [place, key] of [...links, ...options]) {
      const now = words[key];
      if (now !== undefined && place.textContent !== now) place.textContent = now;
    }
  };
  const soon = () => {
    if (waiting) return;
    waiting = true;
    // Several events of one step, and of a busy minute, are one question.
    setTimeout(() => void ask(), Math.max(300, asked + EVERY - Date.now()));
  };
  document.addEventListener('gezhi:case', soon);
  document.addEventListener('gezhi:lost', soon);
  // One's own step: where the live edge is only asked now and then, it need not be waited for.
  document.addEventListener('gezhi:toast', soon);
}
