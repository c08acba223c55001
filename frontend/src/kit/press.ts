/**
 * Do what the key of an element stands for: a field takes the focus, a button is pressed. A button that sends at once, with
 * nothing to fill in and nothing to take back (`data-key-asks`), only takes the focus: a stray key sends nothing, Enter does.
 */
export function press(target: HTMLElement): void {
  if (!target.matches('input, select, textarea, [data-key-asks]')) {
    target.click();
    return;
  }
  target.closest<HTMLDetailsElement>('details:not([open])')?.setAttribute('open', '');
  target.focus();
}
