import type { GeoJSONSource, LayerSpecification, Map as MapLibreMap, MapGeoJSONFeature, StyleSpecification } from 'maplibre-gl';
import { clusterRadius } from './clusters';
import type { Palette } from './style/palette';
import { plateScale, WORK_PX } from './symbols';

const SOURCE = 'marked';
/** A case lies in one of the nearest clusters. */
const NEAREST = 8;

type Spot = GeoJSON.Feature<GeoJSON.Point, { radius: number }>;

/** What marks a point: a ring round it, or round the cluster that holds it. */
export function withMark(style: StyleSpecification, { token, scale }: Palette): void {
  style.sources[SOURCE] = { type: 'geojson', data: collection(undefined) };
  const ring = (id: string, width: number, colour: string): LayerSpecification => ({
    id,
    type: 'circle',
    source: SOURCE,
    paint: {
      'circle-color': 'transparent',
      'circle-radius': ['*', scale, ['get', 'radius']],
      'circle-stroke-color': token(colour),
      'circle-stroke-width': width,
    },
  });
  style.layers.push(ring('marked-edge', 6.5, 'surface'), ring('marked', 4.5, 'ink'));
}

/** Marks one point at a time; the mark stays at it while the map moves, and points part and join. */
export function marking(map: MapLibreMap, placeOfKey: (key: string) => [number, number] | undefined): (key: string | undefined) => void {
  let marked: string | undefined;
  let shown = '';
  let turn = 0;
  const put = async (): Promise<void> => {
    turn += 1;
    const mine = turn;
    const spot = marked === undefined ? undefined : await spotOf(map, marked, placeOfKey(marked));
    if (mine !== turn) return;
    const next = JSON.stringify(spot ?? null);
    if (next === shown) return;
    shown = next;
    // A drawn mark is no element: this says where it is.
    map.getContainer().dataset['marked'] = spot ? `${spot.geometry.coordinates.join()} ${spot.properties.radius.toFixed(1)}` : '';
    map.getSource<GeoJSONSource>(SOURCE)?.setData(collection(spot));
  };
  map.on('idle', () => void put());
  map.on('style.load', () => (shown = ''));
  return (key) => {
    marked = key;
    void put();
  };
}

function collection(spot: Spot | undefined): GeoJSON.FeatureCollection<GeoJSON.Point> {
  return { type: 'FeatureCollection', features: spot ? [spot] : [] };
}

async function spotOf(map: MapLibreMap, key: string, at: [number, number] | undefined): Promise<Spot | undefined> {
  if (!at || !map.getLayer('point')) return undefined;
  const [point] = map.queryRenderedFeatures({ layers: ['point'], filter: ['==', ['get', 'key'], key] });
  if (point) return spot(point, (WORK_PX / 2) * plateScale(map.getZoom()) + 3);
  const clusters = [...new Map(map.queryRenderedFeatures({ layers: ['cluster'] }).map((one) => [one.properties['cluster_id'], one])).values()];
  const from = map.project(at);
  const far = (one: MapGeoJSONFeature): number => map.project(placeOf(one)).dist(from);
  clusters.sort((a, b) => far(a) - far(b));
  const source = map.getSource('points') as GeoJSONSource;
  for (const cluster of clusters.slice(0, NEAREST)) {
    const { cluster_id: id, point_count: count } = cluster.properties as { cluster_id: number; point_count: number };
    // New points may have come meanwhile.
    const leaves = await source.getClusterLeaves(id, count, 0).catch(() => []);
    if (leaves.some((leaf) => leaf.properties?.['key'] === key)) return spot(cluster, clusterRadius(count) + 3);
  }
  return undefined;
}

function placeOf(feature: MapGeoJSONFeature): [number, number] {
  return (feature.geometry as GeoJSON.Point).coordinates as [number, number];
}

function spot(feature: MapGeoJSONFeature, radius: number): Spot {
  return { type: 'Feature', geometry: { type: 'Point', coordinates: placeOf(feature) }, properties: { radius } };
}
