/*
 * Asks at once for all that a map in sight is drawn with. A page that is about its map names this script (`map_ahead`), so that it
 * need not wait for the page's own; on others that script brings it.
 */

import { fetchEarly } from '../kit/ahead';
import { hasWebGL } from '../kit/webgl';

/** Whether the reader sees it, or will when they scroll a page's height. */
function nearSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return element.checkVisibility() && top < 2 * innerHeight && bottom > -innerHeight;
}

/** Ask for it. Each of these names the next: one after the other they take, on a slow line, twice as long. */
function fetchMap(): void {
  const map = [...document.querySelectorAll('area-map')].find(nearSight);
  if (!map || !hasWebGL()) return;
  // The small ones first: a browser asks an old server for six things at a time.
  fetchEarly(map.getAttribute('tiles') ?? '');
  void import('../elements/area-map');
  fetchEarly(document.documentElement.dataset['symbols'] ?? '');
  void import('./drawing');
  // The engine asks for it under this address and then finds it in the browser's store.
  void fetch(document.documentElement.dataset['mapWorker'] ?? '').catch(() => undefined);
}

// Words go first: once they stand there, and not before, there is time for all this.
requestAnimationFrame(() => setTimeout(fetchMap));
