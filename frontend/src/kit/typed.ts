/** What was typed on a page, kept in this tab for the next time that the page is loaded. */
export type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export interface Typed {
  /** Name of the field among its form's → what was typed; of a box, whether it was ticked. */
  fields: [key: string, value: string | boolean][];
  dialogs: string[];
  /** Files cannot be put back into a field. */
  files: boolean;
  /** Only for whoever comes back to the page, or to it from one whose path begins so; empty: for whoever comes next. */
  within: string;
}

/** Keep what was typed for the one time that the page at `path` is loaded anew, in this tab alone. */
export function keepTyped(path: string, within = ''): void {
  const typed: Typed = {
    fields: [...named()].filter(([, field]) => wasChanged(field)).map(([key, field]) => [key, valueOf(field)]),
    dialogs: [...document.querySelectorAll('dialog[open]')].map((dialog) => dialog.id),
    files: [...document.querySelectorAll<HTMLInputElement>('input[type=file]')].some((field) => field.files?.length),
    within,
  };
  try {
    sessionStorage.setItem(place(path), JSON.stringify(typed));
  } catch {
    // A browser that keeps nothing: the page comes back empty, as it does without a script.
  }
}

/** Forget what was kept for a page: it has done its work. */
export function forgetTyped(path: string): void {
  sessionStorage.removeItem(place(path));
}

/** Where what was typed on the page at a path is kept. */
export function place(path: string): string {
  return `gezhi.typed:${path}`;
}

/** The fields that a person fills in, each under a name that the same page has in every language. */
export function* named(): Generator<[string, Field]> {
  const seen = new Map<string, number>();
  for (const field of document.querySelectorAll<Field>('form :is(input, select, textarea)')) {
    const form = field.form;
    if (!form || !field.name || form.matches('[data-preferences], [data-unkept]')) continue;
    // The mark of a map is put there by hand; every other hidden value is the page's own.
    if (field.type === 'hidden' && field.name !== 'lon' && field.name !== 'lat') continue;
    if (['password', 'file', 'submit', 'button'].includes(field.type)) continue;
    const base = `${form.getAttribute('action') ?? ''} ${field.name}${isBox(field) ? `=${field.value}` : ''}`;
    const turn = seen.get(base) ?? 0;
    seen.set(base, turn + 1);
    yield [`${base} ${turn}`, field];
  }
}

/** Whether a field is ticked rather than filled in. */
export function isBox(field: Field): field is HTMLInputElement {
  return field.type === 'checkbox' || field.type === 'radio';
}

function valueOf(field: Field): string | boolean {
  return isBox(field) ? field.checked : field.value;
}

function wasChanged(field: Field): boolean {
  if (isBox(field)) return field.checked || field.defaultChecked;
  if (field.type === 'hidden') return field.value !== '';
  if (field instanceof HTMLSelectElement) return field.value !== '';
  return field.value !== field.defaultValue;
}
