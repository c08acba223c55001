import type { Map as MapLibreMap } from 'maplibre-gl';

/** So far an arrow key moves a map that a place is chosen on, in pixels: at its closest some metres. */
const STEP_PX = 25;
/** And with Shift; without it the engine moves every map so far. */
const LEAP_PX = 100;

const WAYS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Have the arrow keys move a map in steps as small as a place on it needs. */
export function stepFinely(map: MapLibreMap): void {
  map.getCanvas().addEventListener('keydown', (event) => {
    const way = WAYS[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    // The engine has a step of its own for the key.
    event.preventDefault();
    event.stopPropagation();
    const step = event.shiftKey ? LEAP_PX : STEP_PX;
    map.panBy([way[0] * step, way[1] * step], undefined, { originalEvent: event });
  });
}
