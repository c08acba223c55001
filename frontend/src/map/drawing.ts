import { type IControl, Map as MapLibreMap, Marker, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { LOOK_CHANGED } from '../kit/look';
import { t } from '../kit/strings';
import { licenceLine } from './licence';
import { styleOf, type TileSet } from './style';

setWorkerUrl(new URL(workerUrl, import.meta.url).href);

export interface Drawing {
  moveTo(lon: number, lat: number, zoom?: number): void;
  middle(): [number, number];
  remove(): void;
}

interface Wishes {
  container: HTMLElement;
  /** Where the city's tiles are told of (TileJSON). */
  tiles: string;
  /** Where to start; asked when the base has been loaded, since a person may have said so meanwhile. */
  point: () => [number, number] | undefined;
  interactive: boolean;
  /** West, south, east and north of what to show where there is no place yet; the whole city where it is not said. */
  start: [number, number, number, number] | undefined;
  /** What a screen reader says of the map. */
  label: string;
  moving: (moving: boolean) => void;
  /** `first`: where the map starts, before anybody moved it. */
  chosen: (lon: number, lat: number, first: boolean) => void;
}

/**
 * Draw the city's ground; nothing where there are no areas and no place to start from. Raises what the network raises when
 * the tiles cannot be had.
 */
export async function draw(wishes: Wishes): Promise<Drawing | undefined> {
  const answer = await fetch(wishes.tiles, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(`${wishes.tiles}: ${answer.status}`);
  const set = (await answer.json()) as TileSet;
  const point = wishes.point();
  const home = wishes.start ?? set.bounds;
  const whole = home && { bounds: home, fitBoundsOptions: { padding: 12 } };
  const start = point ? { center: point, zoom: 14 } : whole;
  if (!start) return undefined;
  const map = new MapLibreMap({
    container: wishes.container,
    style: styleOf(set),
    ...start,
    minZoom: 6,
    maxZoom: 19,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    cooperativeGestures: false,
    fadeDuration: 0,
    locale: {
      'Map.Title': wishes.label,
      'Marker.Title': wishes.label,
      'NavigationControl.ZoomIn': t('map_zoom_in'),
      'NavigationControl.ZoomOut': t('map_zoom_out'),
    },
  });
  map.touchZoomRotate.disableRotation();
  map.getCanvas().setAttribute('aria-label', wishes.label);
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  // Once a place is chosen, it is the one under the mark, wherever the map goes.
  let picked = point !== undefined;
  const { bounds } = set;
  const goHome = (whole: NonNullable<TileSet['bounds']>) => map.fitBounds(whole, { padding: 12 }, picked ? { chosen: true } : {});
  if (bounds) map.addControl(wayHome(t('map_home'), () => goHome(bounds)), 'top-right');
  if (set.attribution) map.addControl(licenceLine(set.attribution), 'bottom-right');
  map.addControl(new ScaleControl({ maxWidth: 80 }), 'bottom-right');

  if (wishes.interactive) {
    if (point) wishes.chosen(...point, true);
    map.on('movestart', () => wishes.moving(true));
    map.on('moveend', (event) => {
      wishes.moving(false);
      const centre = map.getCenter();
      // The first fit to the city is nobody's choice.
      if (!('originalEvent' in event || 'chosen' in event)) return;
      picked = true;
      wishes.chosen(centre.lng, centre.lat, false);
    });
    map.on('click', (event) => map.easeTo({ center: event.lngLat, zoom: Math.max(map.getZoom(), 15) }, { chosen: true }));
  } else if (point) {
    const mark = document.createElement('div');
    mark.className = 'map-marker';
    new Marker({ element: mark, anchor: 'bottom' }).setLngLat(point).addTo(map);
  }

  const night = matchMedia('(prefers-color-scheme: dark)');
  const repaint = () => void map.setStyle(styleOf(set), { diff: false });
  night.addEventListener('change', repaint);
  document.addEventListener(LOOK_CHANGED, repaint);
  return {
    moveTo: (lon, lat, zoom = map.getZoom()) => void map.easeTo({ center: [lon, lat], zoom }, { chosen: true }),
    middle: () => map.getCenter().toArray(),
    remove: () => {
      night.removeEventListener('change', repaint);
      document.removeEventListener(LOOK_CHANGED, repaint);
      map.remove();
    },
  };
}

/** A button that shows the whole city. */
function wayHome(label: string, go: () => void): IControl {
  const group = document.createElement('div');
  group.className = 'maplibregl-ctrl maplibregl-ctrl-group';
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'map-home';
  button.title = label;
  button.setAttribute('aria-label', label);
  button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${document.documentElement.dataset['icons']}#whole"></use></svg>`;
  button.addEventListener('click', go);
  group.append(button);
  return { onAdd: () => group, onRemove: () => group.remove() };
}
