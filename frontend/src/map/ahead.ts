import { fetchEarly } from '../kit/ahead';
import { hasWebGL } from '../kit/webgl';

/** Whether the reader sees it, or will when they scroll a page's height. */
function nearSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return element.checkVisibility() && top < 2 * innerHeight && bottom > -innerHeight;
}

/**
 * Ask at once for all that a map in sight is drawn with. Each of these names the next: one after the other they take, on a slow
 * line, twice as long.
 */
export function fetchMapEarly(): void {
  const map = [...document.querySelectorAll('area-map')].find(nearSight);
  if (!map || !hasWebGL()) return;
  fetchEarly(map.getAttribute('tiles') ?? '');
  fetchEarly(document.documentElement.dataset['symbols'] ?? '');
  void import('./drawing');
  // The engine asks for it under this address and then finds it in the browser's store.
  void fetch(document.documentElement.dataset['mapWorker'] ?? '').catch(() => undefined);
}
