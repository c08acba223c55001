import { type ExpressionSpecification, type GeoJSONSource, type Map as MapLibreMap, type MapMouseEvent, Marker, type PointLike, type StyleSpecification } from 'maplibre-gl';
import { addClusters, clusterLayer } from './clusters';
import './geojson';
import { marking, withMark } from './marking';
import { type Ground, groundOf, openMap } from './opened';
import { copyOnto } from './picture';
import { type Palette, paletteOf } from './style/palette';
import { addWork, PLATE_SCALE, plateScale, type Sprite, type Tone, WORK_PX } from './symbols';
import { tileSet } from './tile-set';
import { known } from './work';

export type Box = [west: number, south: number, east: number, north: number];
export type View = [lon: number, lat: number, zoom: number];

/** Something with a place. `symbol`: what of the work it is (`case-E0103`), `tone`: how far it is. */
export interface Point {
  key: string;
  lon: number;
  lat: number;
  symbol: string;
  tone: Tone;
  late: boolean;
}

/** What lies under the pointer: one point, or several as one. `keys`: not all, where they are very many. */
export interface Pointed {
  keys: string[];
  count: number;
  late: number;
  /** In pixels of the map. */
  x: number;
  y: number;
}

export interface PointMap {
  /** Mark one of the points, or none. */
  mark(key: string | undefined): void;
  /** Show these points instead of those before; what is in sight stays. */
  put(points: Point[]): void;
  /** What is in sight. */
  box(): Box;
  view(): View;
  /** Show a place that was looked for, with a pin at it. */
  goTo(lon: number, lat: number, zoom: number): void;
  /** Keep a point in sight above what covers the lowest pixels of the map. */
  clear(key: string, covered: number): void;
  /** Draw the map as it is now onto a canvas, with licence and scale. */
  copy(canvas: HTMLCanvasElement): void;
  remove(): void;
}

interface Wishes {
  container: HTMLElement;
  tiles: string;
  points: Point[];
  /** What to show first; where it is not said, all points, or the whole city. */
  start: Box | View | undefined;
  label: string;
  pressed: (keys: string[]) => void;
  /** The pointer is over something, or over nothing any more. */
  pointed: (what: Pointed | undefined) => void;
  /** What is in sight is no longer what was shown first. */
  moved: () => void;
  /** All is drawn: a copy shows it now without another drawing. */
  drawn: (copy: (canvas: HTMLCanvasElement) => void) => void;
}

const CLUSTER_UNTIL = 16;
const MOST_TOLD = 50;
/** The column of buttons at the right, the licence and the scale below: no point is to be fitted under them. */
const FIT = { top: 32, bottom: 48, left: 32, right: 72 };
/** Landmarks show where a case is; they are not what the map is for. */
const LANDMARKS_FAINT = 0.45;
/** A finger meets what is so near. */
const FINGER_PX = 8;

/** Draw points over the city's ground, near ones together. Raises what the network raises when the tiles cannot be had. */
export async function drawPoints(wishes: Wishes): Promise<PointMap | undefined> {
  const ground = await groundOf(tileSet(wishes.tiles));
  const start = wishes.start ?? around(wishes.points) ?? ground.set.bounds;
  if (!start) return undefined;
  let points = wishes.points;
  const { map, remove } = openMap(ground, {
    container: wishes.container,
    label: wishes.label,
    view: start.length === 3 ? { center: [start[0], start[1]], zoom: start[2] } : { bounds: start, fitBoundsOptions: { padding: FIT, maxZoom: 16 } },
    with: (style, palette) => withPoints(style, palette, dataOf(points, ground.sprite), ground),
    home: (opened, bounds) => void opened.fitBounds(bounds, { padding: FIT }),
  });
  const mark = marking(map, (key) => {
    const point = points.find((one) => one.key === key);
    return point && [point.lon, point.lat];
  });
  tellOfMoves(map, wishes.moved);
  tellOfPointer(map, wishes.pointed);
  map.on('click', async (event) => {
    const finger = matchMedia('(pointer: coarse)').matches ? FINGER_PX : 0;
    const found = nearest(map, event.point, finger);
    if (!found) return;
    const { cluster_id: cluster, key } = found.properties as { cluster_id?: number; key?: string };
    if (cluster === undefined) {
      wishes.pressed([String(key)]);
      return;
    }
    const source = map.getSource('points') as GeoJSONSource;
    const zoom = await source.getClusterExpansionZoom(cluster);
    if (zoom <= CLUSTER_UNTIL && map.getZoom() < CLUSTER_UNTIL) {
      map.easeTo({ center: (found.geometry as GeoJSON.Point).coordinates as [number, number], zoom });
      return;
    }
    // They lie at one place: no map parts them.
    wishes.pressed(await leavesOf(map, cluster));
  });
  map.on('style.load', () => {
    const palette = paletteOf(wishes.container);
    addWork(map, ground.sprite, palette);
    addClusters(map, palette);
  });
  const found = new Marker({ color: paletteOf(wishes.container).token('ink'), scale: 0.8 });
  const copy = (canvas: HTMLCanvasElement): void => copyOnto(canvas, map, ground.set.attribution ?? '');
  map.on('idle', () => wishes.drawn(copy));
  return {
    mark,
    put: (next) => {
      points = next;
      map.getSource<GeoJSONSource>('points')?.setData(dataOf(points, ground.sprite));
    },
    box: () => map.getBounds().toArray().flat() as Box,
    view: () => [...map.getCenter().toArray(), map.getZoom()],
    goTo: (lon, lat, zoom) => {
      found.setLngLat([lon, lat]).addTo(map);
      map.jumpTo({ center: [lon, lat], zoom });
    },
    clear: (key, covered) => {
      const point = points.find((one) => one.key === key);
      if (!point) return;
      const over = map.project([point.lon, point.lat]).y + WORK_PX - (wishes.container.clientHeight - covered);
      if (over > 0) map.panBy([0, over], {}, { own: true });
    },
    copy: (canvas) => {
      // What was drawn is only there in the turn in which it is drawn.
      map.redraw();
      copy(canvas);
    },
    remove,
  };
}

/** Whoever moves it, and by whatever means, what is in sight is then no longer what was shown first. A new size is no move. */
function tellOfMoves(map: MapLibreMap, moved: () => void): void {
  const here = (): string => `${map.getCenter().toArray().map((end) => end.toFixed(6)).join()} ${map.getZoom().toFixed(3)}`;
  let first = here();
  map.on('moveend', (event) => {
    if ('own' in event) first = here();
    else if (here() !== first) moved();
  });
}

function tellOfPointer(map: MapLibreMap, pointed: (what: Pointed | undefined) => void): void {
  let over: string | undefined;
  const leave = (): void => {
    if (over === undefined) return;
    over = undefined;
    map.getCanvas().style.cursor = '';
    pointed(undefined);
  };
  map.on('mousemove', async (event) => {
    // What a finger touches is pressed; a hand with a pointer looks first.
    if (!matchMedia('(hover: hover)').matches) return;
    const found = nearest(map, event.point, 0);
    if (!found) {
      leave();
      return;
    }
    const { cluster_id: cluster, key, point_count: count = 1, late } = found.properties as Record<string, number>;
    const name = cluster === undefined ? String(key) : `cluster ${cluster}`;
    if (name === over) return;
    over = name;
    map.getCanvas().style.cursor = 'pointer';
    const { x, y } = map.project((found.geometry as GeoJSON.Point).coordinates as [number, number]);
    const keys = cluster === undefined ? [String(key)] : await leavesOf(map, cluster);
    if (over === name) pointed({ keys, count, late: Number(late), x, y });
  });
  map.on('mouseout', leave);
  map.on('movestart', leave);
}

function nearest(map: MapLibreMap, { x, y }: MapMouseEvent['point'], within: number) {
  const area: PointLike | [PointLike, PointLike] = within ? [[x - within, y - within], [x + within, y + within]] : [x, y];
  const layers = ['cluster', 'point'].filter((id) => map.getLayer(id));
  return map.queryRenderedFeatures(area, { layers })[0];
}

async function leavesOf(map: MapLibreMap, cluster: number): Promise<string[]> {
  const leaves = await (map.getSource('points') as GeoJSONSource).getClusterLeaves(cluster, MOST_TOLD, 0);
  return leaves.map((leaf) => String(leaf.properties?.['key']));
}

function around(points: Point[]): Box | undefined {
  if (!points.length) return undefined;
  const lon = points.map((point) => point.lon);
  const lat = points.map((point) => point.lat);
  return [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)];
}

function dataOf(points: Point[], sprite: Sprite): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: points.map(({ key, lon, lat, symbol, tone, late }) => ({
      type: 'Feature',
      properties: { key, late, image: `${known(sprite, symbol)}-${tone}` },
      geometry: { type: 'Point', coordinates: [lon, lat] },
    })),
  };
}

function withPoints(style: StyleSpecification, palette: Palette, data: GeoJSON.FeatureCollection, { type }: Ground): StyleSpecification {
  style.layers = style.layers.map((layer) =>
    layer.id.startsWith('landmark') && layer.type === 'symbol' ? { ...layer, paint: { ...layer.paint, 'icon-opacity': LANDMARKS_FAINT } } : layer,
  );
  style.sources['points'] = {
    type: 'geojson',
    cluster: true,
    clusterRadius: 44,
    clusterMaxZoom: CLUSTER_UNTIL,
    clusterProperties: { late: ['+', ['case', ['get', 'late'], 1, 0]] },
    data,
  };
  const radius = (WORK_PX / 2) * palette.scale;
  const ring: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 10, radius * plateScale(10) + 2.5, 16, radius * plateScale(16) + 2.5];
  style.layers.push(
    {
      id: 'point-late',
      type: 'circle',
      source: 'points',
      filter: ['all', ['!', ['has', 'point_count']], ['get', 'late']],
      paint: { 'circle-color': palette.token('urgent'), 'circle-radius': ring },
    },
    {
      id: 'point',
      type: 'symbol',
      source: 'points',
      filter: ['!', ['has', 'point_count']],
      layout: {
        'icon-image': ['get', 'image'],
        'icon-size': PLATE_SCALE,
        'icon-allow-overlap': true,
        'symbol-sort-key': ['case', ['get', 'late'], 1, 0],
      },
    },
    clusterLayer(type.families, palette),
  );
  withMark(style, palette);
  return style;
}
