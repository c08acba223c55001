import { type Map as MapLibreMap, Marker } from 'maplibre-gl';
import { CLOSE_ENOUGH } from '../kit/position';
import { groundOf, openMap } from './opened';
import { stepFinely } from './steps';
import { firstView, PADDING, type TileSet } from './tile-set';

/**
 * How a place was chosen: where the map starts, before anybody moved it; by hand; by a press on a map that shows much; by the
 * page, as somebody wished it.
 */
export type Choice = 'first' | 'hand' | 'afar' | 'set';

type Point = [lon: number, lat: number];

export interface Drawing {
  /** The engine's own map, for what is drawn on the ground. */
  map: MapLibreMap;
  moveTo(lon: number, lat: number, zoom?: number): void;
  /** Mark this point instead of the one before, on a map that nothing is chosen on. */
  mark(point: Point | undefined): void;
  /** Show where a picture was taken; on a map that nothing is chosen on, together with what is marked. */
  also(point: Point | undefined): void;
  middle(): [number, number];
  /** Draw how far off a position may be, in metres; `whole`: and show all of it, without choosing anything. */
  accuracy(lon: number, lat: number, metres: number, whole: boolean): Promise<void>;
  remove(): void;
}

interface Wishes {
  container: HTMLElement;
  /** What is told of the city's tiles. */
  tiles: Promise<TileSet>;
  /** Where to start; asked when the base has been loaded, since a person may have said so meanwhile. */
  point: () => [number, number] | undefined;
  /** How close a map that starts from a point is. */
  zoom: number;
  interactive: boolean;
  /** What was looked at before, where there is no point. */
  view: { center: Point; zoom: number } | undefined;
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
  const view = firstView(ground.set, point && { center: point, zoom: wishes.zoom }, wishes.view, wishes.start);
  if (!view) return undefined;
  // Once a place is chosen, it is the one under the mark, wherever the map goes.
  let picked = point !== undefined;
  const { map, remove } = openMap(ground, {
    container: wishes.container,
    label: wishes.label,
    view: { ...view, fitBoundsOptions: { padding: PADDING } },
    home: (opened, bounds) => void opened.fitBounds(bounds, { padding: PADDING }, picked ? { chosen: 'set' } : {}),
    locate: wishes.locate,
  });

  if (wishes.interactive) {
    if (point) wishes.chosen(...point, 'first');
    stepFinely(map);
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
  }
  const [mark, photo] = [marker('map-marker', '', 'bottom'), marker('map-photo', 'camera', 'center')];
  let marked: Point | undefined;
  const put = (one: Marker, at: Point | undefined): void => void (at ? one.setLngLat(at).addTo(map) : one.remove());
  const look = (at: Point): void => void map.easeTo({ center: at, zoom: wishes.zoom });
  if (!wishes.interactive) put(mark, (marked = point));

  return {
    map,
    moveTo: (lon, lat, zoom = map.getZoom()) => void map.easeTo({ center: [lon, lat], zoom }, { chosen: 'set' }),
    mark: (at) => {
      put(mark, (marked = at));
      if (at) look(at);
    },
    also: (at) => {
      put(photo, at);
      if (wishes.interactive || !marked) return;
      if (at) map.fitBounds(around(marked, at), { padding: { ...PADDING, top: 48, bottom: 32, left: 32 }, maxZoom: wishes.zoom });
      else look(marked);
    },
    middle: () => map.getCenter().toArray(),
    accuracy: async (lon, lat, metres, all) => {
      const { showAccuracy } = await import('./accuracy');
      const box = showAccuracy(map, lon, lat, metres);
      if (all) map.fitBounds(box, { padding: PADDING });
    },
    remove,
  };
}

function marker(name: string, symbol: string, anchor: 'bottom' | 'center'): Marker {
  const element = document.createElement('div');
  element.className = name;
  if (symbol) element.innerHTML = `<svg class="icon" aria-hidden="true" focusable="false"><use href="${document.documentElement.dataset['icons']}#${symbol}"></use></svg>`;
  return new Marker({ element, anchor });
}

/** The box of two points. */
function around(one: Point, other: Point): [number, number, number, number] {
  const [lons, lats] = [[one[0], other[0]], [one[1], other[1]]];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
