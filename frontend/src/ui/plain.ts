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

function touched(fold: Element): boolean {
  return fold.contains(document.activeElement) || [...fold.querySelectorAll('select')].some((list) => list.value !== '');
}
