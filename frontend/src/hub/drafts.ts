/**
 * Notes that are being written at the hub: kept in this tab until their step is taken, whichever case is opened meanwhile. Under
 * the mark of who writes them, who finds them again after signing in once more.
 */
const PREFIX = `gezhi.draft:${document.documentElement.dataset['person']}:`;

function place(field: HTMLTextAreaElement): string {
  const number = field.closest<HTMLElement>('[data-case-page]')?.dataset['casePage'] ?? '';
  return number && field.id ? `${PREFIX}${number}:${field.id}` : '';
}

/** Keep what stands in a field of the open case; an empty one is forgotten. */
export function keepDraft(field: HTMLTextAreaElement): void {
  const key = place(field);
  if (!key) return;
  try {
    if (field.value) sessionStorage.setItem(key, field.value);
    else sessionStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing: the words stand as long as the case is open.
  }
}

/** Put back what was being written in fields that are empty. */
export function putBackDrafts(): void {
  for (const field of document.querySelectorAll<HTMLTextAreaElement>('#case textarea')) {
    const kept = field.value ? null : sessionStorage.getItem(place(field));
    if (kept) {
      field.value = kept;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }
}

/** The step was taken: its words are in the history. */
export function forgetDrafts(number: string): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(`${PREFIX}${number}:`)) sessionStorage.removeItem(key);
  for (const field of document.querySelectorAll<HTMLTextAreaElement>('#case textarea')) if (place(field).startsWith(`${PREFIX}${number}:`)) field.value = field.defaultValue;
}
