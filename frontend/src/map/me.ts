import { type Map as MapLibreMap, Marker } from 'maplibre-gl';
import { myPosition } from '../kit/position';
import { t } from '../kit/strings';
import { toast } from '../kit/toast';

const CLOSE_ENOUGH = 16;
const marks = new WeakMap<MapLibreMap, Marker>();

/** Show a map's reader where they are, as far as their device says; nothing is sent anywhere. */
export async function showMe(map: MapLibreMap): Promise<void> {
  const coords = await myPosition().catch(() => undefined);
  if (!coords) {
    toast(t('map_position_unknown'), { tone: 'urgent' });
    return;
  }
  const here: [number, number] = [coords.longitude, coords.latitude];
  let mark = marks.get(map);
  if (!mark) {
    const dot = document.createElement('div');
    dot.className = 'map-me';
    mark = new Marker({ element: dot });
    marks.set(map, mark);
  }
  mark.setLngLat(here).addTo(map);
  map.easeTo({ center: here, zoom: Math.max(map.getZoom(), CLOSE_ENOUGH) });
}
