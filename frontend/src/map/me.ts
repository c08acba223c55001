import { type Map as MapLibreMap, Marker } from 'maplibre-gl';
import { t } from '../kit/strings';
import { toast } from '../kit/toast';

const CLOSE_ENOUGH = 16;
const marks = new WeakMap<MapLibreMap, Marker>();

/** Show a map's reader where they are, as far as their device says; nothing is sent anywhere. */
export function showMe(map: MapLibreMap): void {
  const without = (): void => void toast(t('map_position_unknown'), { tone: 'urgent' });
  if (!navigator.geolocation) {
    without();
    return;
  }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
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
    },
    without,
    { enableHighAccuracy: true, timeout: 10_000 },
  );
}
