import { Map as MapLibreMap, Marker, NavigationControl, setWorkerUrl, type GeoJSONSource, type MapOptions } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { LOOK_CHANGED } from '../kit/look';
import { t } from '../kit/strings';
import { styleOf } from './style';

setWorkerUrl(new URL(workerUrl, import.meta.url).href);

export interface Drawing {
  moveTo(lon: number, lat: number, zoom?: number): void;
  remove(): void;
}

interface Wishes {
  container: HTMLElement;
  areas: string;
  roads: string;
  /** Where to start; asked when the base has been loaded, since a person may have said so meanwhile. */
  point: () => [number, number] | undefined;
  interactive: boolean;
  /** What a screen reader says of the map. */
  label: string;
  moving: (moving: boolean) => void;
  /** `first`: where the map starts, before anybody moved it. */
  chosen: (lon: number, lat: number, first: boolean) => void;
}

// From which zoom a level's borders are worth fetching.
const LEVELS: [level: string, zoom: number][] = [
  ['street', 9],
  ['community', 11.5],
  ['grid', 13],
];

/**
 * Draw the city's areas, roads and water; nothing where there are no areas and no place to start from. Raises what the
 * network raises when the base cannot be had.
 */
export async function draw(wishes: Wishes): Promise<Drawing | undefined> {
  const [districts, roads] = await Promise.all([
    geojson(`${wishes.areas}?level=district`),
    geojson(wishes.roads),
  ]);
  const point = wishes.point();
  const start = point ? { center: point, zoom: 14 } : viewOf(districts);
  if (!start) return undefined;
  const map = new MapLibreMap({
    container: wishes.container,
    style: styleOf(districts, roads),
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

  const have = new Set<string>();
  const fetchLevels = async () => {
    for (const [level, zoom] of LEVELS) {
      if (map.getZoom() < zoom || have.has(level)) continue;
      have.add(level);
      (map.getSource(level) as GeoJSONSource | undefined)?.setData(await geojson(`${wishes.areas}?level=${level}`));
    }
  };
  map.on('load', () => void fetchLevels());
  map.on('zoomend', () => void fetchLevels());

  if (wishes.interactive) {
    if (point) wishes.chosen(...point, true);
    map.on('movestart', () => wishes.moving(true));
    map.on('moveend', (event) => {
      wishes.moving(false);
      const centre = map.getCenter();
      // The first fit to the city is nobody's choice.
      if ('originalEvent' in event || 'chosen' in event) wishes.chosen(centre.lng, centre.lat, false);
    });
    map.on('click', (event) => map.easeTo({ center: event.lngLat, zoom: Math.max(map.getZoom(), 15) }, { chosen: true }));
  } else if (point) {
    const mark = document.createElement('div');
    mark.className = 'map-marker';
    new Marker({ element: mark, anchor: 'bottom' }).setLngLat(point).addTo(map);
  }

  const night = matchMedia('(prefers-color-scheme: dark)');
  const repaint = () => {
    have.clear();
    map.setStyle(styleOf(districts, roads), { diff: false });
    void fetchLevels();
  };
  night.addEventListener('change', repaint);
  document.addEventListener(LOOK_CHANGED, repaint);
  return {
    moveTo: (lon, lat, zoom = map.getZoom()) => void map.easeTo({ center: [lon, lat], zoom }, { chosen: true }),
    remove: () => {
      night.removeEventListener('change', repaint);
      document.removeEventListener(LOOK_CHANGED, repaint);
      map.remove();
    },
  };
}

async function geojson(address: string): Promise<GeoJSON.FeatureCollection> {
  const answer = await fetch(address, { headers: { Accept: 'application/geo+json, application/json' } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return (await answer.json()) as GeoJSON.FeatureCollection;
}

/** All of the areas; undefined where there are none. */
function viewOf(collection: GeoJSON.FeatureCollection): Pick<MapOptions, 'bounds' | 'fitBoundsOptions'> | undefined {
  let [west, south, east, north] = [180, 90, -180, -90];
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === 'number') {
      const [lon, lat] = value as [number, number];
      [west, south, east, north] = [Math.min(west, lon), Math.min(south, lat), Math.max(east, lon), Math.max(north, lat)];
    } else for (const part of value) visit(part);
  };
  for (const feature of collection.features) if ('coordinates' in feature.geometry) visit(feature.geometry.coordinates);
  return west < east ? { bounds: [west, south, east, north], fitBoundsOptions: { padding: 12 } } : undefined;
}
