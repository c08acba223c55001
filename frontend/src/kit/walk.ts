/** Open the next row of the page's list, or the one before. False: there is none. */
export function walk(step: number): boolean {
  const rows = [...document.querySelectorAll<HTMLAnchorElement>('[data-walk] a.list-row')];
  if (rows.length === 0) return false;
  const here = rows.findIndex((row) => row === document.activeElement || row.getAttribute('aria-current') === 'true');
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
  next?.focus();
  next?.click();
  return true;
}
