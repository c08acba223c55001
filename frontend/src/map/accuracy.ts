import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl';
import './geojson';
import { paletteOf } from './style/palette';

const CORNERS = 48;
const METRES_A_DEGREE = 111_320;
const shown = new WeakMap<MapLibreMap, GeoJSON.Feature>();

/** Draw how far off a device's own position may be: a circle of so many metres, in place of the last one. Returns its box. */
export function showAccuracy(map: MapLibreMap, lon: number, lat: number, metres: number): [number, number, number, number] {
  const first = !shown.has(map);
  const [east, north] = reach(lat, metres);
  shown.set(map, circle(lon, lat, east, north));
  add(map);
  // A change of colours takes everything off the map.
  if (first) map.on('style.load', () => add(map));
  return [lon - east, lat - north, lon + east, lat + north];
}

/** So many metres as degrees to the east and to the north. */
function reach(lat: number, metres: number): [number, number] {
  const north = metres / METRES_A_DEGREE;
  return [north / Math.cos((lat * Math.PI) / 180), north];
}

function add(map: MapLibreMap): void {
  const data = shown.get(map);
  if (!data) return;
  const there = map.getSource<GeoJSONSource>('accuracy');
  if (there) {
    there.setData(data);
    return;
  }
  const colour = paletteOf(map.getContainer()).token('accent');
  map.addSource('accuracy', { type: 'geojson', data });
  map.addLayer({ id: 'accuracy', type: 'fill', source: 'accuracy', paint: { 'fill-color': colour, 'fill-opacity': 0.12 } });
  map.addLayer({ id: 'accuracy-edge', type: 'line', source: 'accuracy', paint: { 'line-color': colour, 'line-width': 1.5 } });
}

function circle(lon: number, lat: number, east: number, north: number): GeoJSON.Feature {
  const ring = Array.from({ length: CORNERS + 1 }, (_, corner) => {
    const turn = (2 * Math.PI * (corner % CORNERS)) / CORNERS;
    return [lon + east * Math.sin(turn), lat + north * Math.cos(turn)];
  });
  return { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } };
}
