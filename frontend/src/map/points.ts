import type { ExpressionSpecification, GeoJSONSource, StyleSpecification } from 'maplibre-gl';
import { withLicence } from './licence';
import { type Ground, groundOf, openMap } from './opened';
import { type Palette, paletteOf } from './style/palette';
import { addWork, type Sprite, type Tone, WORK_PX } from './symbols';
import { known } from './work';

export type Box = [west: number, south: number, east: number, north: number];

/** Something with a place. `symbol`: what of the work it is (`case-E0103`), `tone`: how far it is. */
export interface Point {
  key: string;
  lon: number;
  lat: number;
  symbol: string;
  tone: Tone;
  late: boolean;
}

export interface PointMap {
  /** Mark one of the points, or none. */
  mark(key: string | undefined): void;
  /** What is in sight. */
  box(): Box;
  /** The map as it is now, as a picture. */
  picture(): string;
  remove(): void;
}

interface Wishes {
  container: HTMLElement;
  tiles: string;
  points: Point[];
  /** What to show first; where it is not said, all points, or the whole city. */
  start: Box | undefined;
  label: string;
  pressed: (keys: string[]) => void;
  /** A person has moved the map. */
  moved: () => void;
}

const CLUSTER_UNTIL = 16;
const MOST_TOLD = 50;
/** Of the city seen from afar a plate is so much of its size. */
const PLATE_FAR = 0.6;

/** Draw points over the city's ground, near ones together. Raises what the network raises when the tiles cannot be had. */
export async function drawPoints(wishes: Wishes): Promise<PointMap | undefined> {
  const ground = await groundOf(wishes.tiles);
  const start = wishes.start ?? around(wishes.points) ?? ground.set.bounds;
  if (!start) return undefined;
  const { map, remove } = openMap(ground, {
    container: wishes.container,
    label: wishes.label,
    view: { bounds: start, fitBoundsOptions: { padding: 40, maxZoom: 16 } },
    with: (style, palette) => withPoints(style, palette, wishes.points, ground),
    home: (opened, bounds) => {
      opened.fitBounds(bounds, { padding: 12 });
      wishes.moved();
    },
  });
  let marked: string | undefined;

  const mark = (key: string | undefined): void => {
    marked = key;
    if (map.getLayer('point-marked')) map.setFilter('point-marked', ['==', ['get', 'key'], key ?? '']);
  };
  map.on('moveend', (event) => {
    if ('originalEvent' in event) wishes.moved();
  });
  map.on('click', async (event) => {
    const [found] = map.queryRenderedFeatures(event.point, { layers: ['cluster', 'point'] });
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
    const leaves = await source.getClusterLeaves(cluster, MOST_TOLD, 0);
    wishes.pressed(leaves.map((leaf) => String(leaf.properties?.['key'])));
  });
  for (const layer of ['cluster', 'point']) {
    map.on('mouseenter', layer, () => (map.getCanvas().style.cursor = 'pointer'));
    map.on('mouseleave', layer, () => (map.getCanvas().style.cursor = ''));
  }
  map.on('style.load', () => {
    addWork(map, ground.sprite, paletteOf(wishes.container));
    mark(marked);
  });
  return {
    mark,
    box: () => map.getBounds().toArray().flat() as Box,
    picture: () => {
      // What was drawn is only there in the turn in which it is drawn.
      map.redraw();
      return withLicence(map.getCanvas(), ground.set.attribution ?? '').toDataURL('image/png');
    },
    remove,
  };
}

function around(points: Point[]): Box | undefined {
  if (!points.length) return undefined;
  const lon = points.map((point) => point.lon);
  const lat = points.map((point) => point.lat);
  return [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)];
}

/** The radius of a ring that shows so many pixels of itself round a plate. */
function ringOf(width: number): ExpressionSpecification {
  return ['interpolate', ['linear'], ['zoom'], 10, (WORK_PX / 2) * PLATE_FAR + width, 16, WORK_PX / 2 + width];
}

function imageOf(sprite: Sprite, { symbol, tone }: Point): string {
  return `${known(sprite, symbol)}-${tone}`;
}

function withPoints(style: StyleSpecification, { token: colour }: Palette, points: Point[], { sprite, type }: Ground): StyleSpecification {
  const late = colour('urgent');
  style.sources['points'] = {
    type: 'geojson',
    cluster: true,
    clusterRadius: 44,
    clusterMaxZoom: CLUSTER_UNTIL,
    clusterProperties: { late: ['+', ['case', ['get', 'late'], 1, 0]] },
    data: {
      type: 'FeatureCollection',
      features: points.map((point) => ({
        type: 'Feature',
        properties: { key: point.key, late: point.late, image: imageOf(sprite, point) },
        geometry: { type: 'Point', coordinates: [point.lon, point.lat] },
      })),
    },
  };
  style.layers.push(
    {
      id: 'cluster',
      type: 'circle',
      source: 'points',
      filter: ['has', 'point_count'],
      paint: {
        'circle-color': colour('accent'),
        'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'point_count']], 1, 13, 40, 30] as never,
        'circle-stroke-color': ['case', ['>', ['get', 'late'], 0], late, colour('surface')] as never,
        'circle-stroke-width': ['case', ['>', ['get', 'late'], 0], 3.5, 2] as never,
      },
    },
    {
      id: 'cluster-count',
      type: 'symbol',
      source: 'points',
      filter: ['has', 'point_count'],
      layout: {
        'text-field': ['to-string', ['get', 'point_count']] as never,
        'text-font': type.families,
        'text-size': 13,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': colour('on-accent') },
    },
    {
      id: 'point-late',
      type: 'circle',
      source: 'points',
      filter: ['all', ['!', ['has', 'point_count']], ['get', 'late']],
      paint: { 'circle-color': late, 'circle-radius': ringOf(2.5) },
    },
    {
      id: 'point',
      type: 'symbol',
      source: 'points',
      filter: ['!', ['has', 'point_count']],
      layout: {
        'icon-image': ['get', 'image'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 10, PLATE_FAR, 16, 1],
        'icon-allow-overlap': true,
        'symbol-sort-key': ['case', ['get', 'late'], 1, 0],
      },
    },
    {
      id: 'point-marked',
      type: 'circle',
      source: 'points',
      filter: ['==', ['get', 'key'], ''],
      paint: {
        'circle-color': 'transparent',
        'circle-radius': ringOf(3),
        'circle-stroke-color': colour('ink'),
        'circle-stroke-width': 3,
      },
    },
  );
  return style;
}
