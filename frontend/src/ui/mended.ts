type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

// Several fields say where; the error stands once.
const PLACE = new Set(['lon', 'lat', 'community']);

/** An error goes when its field is mended: from the field, and from the list on top of the page. */
export function clearMended(): void {
  const look = (event: Event) => {
    const field = event.target;
    const known = field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement;
    if (known && isMended(field)) clear(field);
  };
  document.addEventListener('input', look);
  document.addEventListener('change', look);
}

function isMended(field: Field): boolean {
  if (field.type === 'file') return ((field as HTMLInputElement).files?.length ?? 0) > 0;
  const needed = field.required || 'needed' in field.dataset || PLACE.has(field.name);
  if (needed && field.value.trim() === '') return false;
  const limit = Number(field.dataset['limit'] ?? Infinity);
  return field.validity.valid && [...field.value.replaceAll('\n', '\r\n')].length <= limit;
}

function clear(field: Field): void {
  const box = field.closest('[data-invalid]') ?? field.closest('fieldset');
  box?.removeAttribute('data-invalid');
  for (const told of box?.querySelectorAll(':scope > .field-error') ?? []) told.remove();
  field.removeAttribute('aria-invalid');
  const name = PLACE.has(field.name) ? 'lon' : field.name;
  for (const line of document.querySelectorAll(`.error-summary [data-of="${CSS.escape(name)}"]`)) line.remove();
  const summary = document.querySelector('.error-summary');
  if (summary && !summary.querySelector('li')) summary.remove();
}
