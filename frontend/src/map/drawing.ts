import { type Map as MapLibreMap, Marker } from 'maplibre-gl';
import { CLOSE_ENOUGH } from '../kit/position';
import { showAccuracy } from './accuracy';
import { groundOf, openMap } from './opened';

/** Round what is fitted into the map: its buttons stand at the right. */
const PADDING = { top: 12, bottom: 12, left: 12, right: 64 };

/**
 * How a place was chosen: where the map starts, before anybody moved it; by hand; by a press on a map that shows much; by the
 * page, as somebody wished it.
 */
export type Choice = 'first' | 'hand' | 'afar' | 'set';

export interface Drawing {
  /** The engine's own map, for what is drawn on the ground. */
  map: MapLibreMap;
  moveTo(lon: number, lat: number, zoom?: number): void;
  middle(): [number, number];
  /** Draw how far off a position may be, in metres; `whole`: and show all of it, without choosing anything. */
  accuracy(lon: number, lat: number, metres: number, whole: boolean): void;
  remove(): void;
}

interface Wishes {
  container: HTMLElement;
  /** Where the city's tiles are told of (TileJSON). */
  tiles: string;
  /** Where to start; asked when the base has been loaded, since a person may have said so meanwhile. */
  point: () => [number, number] | undefined;
  /** How close a map that starts from a point is. */
  zoom: number;
  interactive: boolean;
  /** West, south, east and north of what to show where there is no place yet; the whole city where it is not said. */
  start: [number, number, number, number] | undefined;
  /** What a screen reader says of the map. */
  label: string;
  moving: (moving: boolean) => void;
  chosen: (lon: number, lat: number, how: Choice) => void;
  /** The reader asks where they are; where it is not said, they are shown. */
  locate: (() => void) | undefined;
}

/**
 * Draw the city's ground; nothing where there are no areas and no place to start from. Raises what the network raises when
 * the tiles cannot be had.
 */
export async function draw(wishes: Wishes): Promise<Drawing | undefined> {
  const ground = await groundOf(wishes.tiles);
  const point = wishes.point();
  const home = wishes.start ?? ground.set.bounds;
  const whole = home && { bounds: home, fitBoundsOptions: { padding: PADDING } };
  const view = point ? { center: point, zoom: wishes.zoom } : whole;
  if (!view) return undefined;
  // Once a place is chosen, it is the one under the mark, wherever the map goes.
  let picked = point !== undefined;
  const { map, remove } = openMap(ground, {
    container: wishes.container,
    label: wishes.label,
    view,
    home: (opened, bounds) => void opened.fitBounds(bounds, { padding: PADDING }, picked ? { chosen: 'set' } : {}),
    locate: wishes.locate,
  });

  if (wishes.interactive) {
    if (point) wishes.chosen(...point, 'first');
    map.on('movestart', () => wishes.moving(true));
    map.on('moveend', (event) => {
      wishes.moving(false);
      const centre = map.getCenter();
      // The first fit to the city is nobody's choice.
      if (!('originalEvent' in event || 'chosen' in event)) return;
      picked = true;
      wishes.chosen(centre.lng, centre.lat, 'chosen' in event ? (event.chosen as Choice) : 'hand');
    });
    map.on('click', (event) => {
      const chosen: Choice = map.getZoom() < CLOSE_ENOUGH ? 'afar' : 'hand';
      map.easeTo({ center: event.lngLat, zoom: Math.max(map.getZoom(), 15) }, { chosen });
    });
  } else if (point) {
    const mark = document.createElement('div');
    mark.className = 'map-marker';
    new Marker({ element: mark, anchor: 'bottom' }).setLngLat(point).addTo(map);
  }

  return {
    map,
    moveTo: (lon, lat, zoom = map.getZoom()) => void map.easeTo({ center: [lon, lat], zoom }, { chosen: 'set' }),
    middle: () => map.getCenter().toArray(),
    accuracy: (lon, lat, metres, all) => {
      const box = showAccuracy(map, lon, lat, metres);
      if (all) map.fitBounds(box, { padding: PADDING });
    },
    remove,
  };
}
