/* Stands for the engine's source of GeoJSON: it comes with whoever draws some (`map/geojson`), since a map begins without. */

import type { GeoJSONSource as Source } from 'maplibre-gl';
import { absent } from './absent';

export let GeoJSONSource = absent as unknown as typeof Source;

/** Have maps take GeoJSON from now on. */
export function bringSource(source: typeof Source): void {
  GeoJSONSource = source;
}
