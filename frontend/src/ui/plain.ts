// Where the script took so long (milliseconds), somebody has begun to read the page: what they see stays where it is.
const STILL_FRESH = 2_000;

/** What stands in a page for those without a script, and is in the way of those with one. */
export function dressPlain(): void {
  // Sending that can be taken back needs no question before it.
  for (const question of document.querySelectorAll('details[data-ask-once]')) {
    const form = question.querySelector('form');
    if (form) question.replaceWith(form);
  }
  // The map is there: the lists need not be.
  if (performance.now() < STILL_FRESH)
    for (const fold of document.querySelectorAll('details[data-fold]')) if (!touched(fold)) fold.removeAttribute('open');
  // A browser gives the clipboard to secure pages only.
  if (navigator.clipboard) for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) button.hidden = false;
}

/**
 * A page that answers a form which was refused takes the address of the page that the form stands on: loaded anew, or come back to, it
 * is that page, without the error of long ago.
 */
export function takeOwnAddress(): void {
  const own = document.querySelector<HTMLInputElement>('input[name=next][data-page]')?.value;
  // The steps of a report do so in their own way.
  if (!own || new URL(own, location.href).pathname === location.pathname || document.querySelector('report-steps')) return;
  history.replaceState(history.state, '', own);
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
}

function touched(fold: Element): boolean {
  return fold.contains(document.activeElement) || [...fold.querySelectorAll('select')].some((list) => list.value !== '');
}
