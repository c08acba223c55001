import type { Map as MapLibreMap, MapGeoJSONFeature } from 'maplibre-gl';
import { CITY } from './style/expressions';
import { TWIN } from './style/names';

/** Layers whose names stand once in a view, the one that keeps its name first. */
const ONCE = [
  'district-name',
  'street-name',
  'community-name',
  'landmark',
  'water-name',
  'waterway-river-along',
  'road-motorway-along',
  'road-collector-along',
  'road-local-along',
  'compound-name',
  'green-name',
  'landmark-lesser',
  'building-name',
  'grid-name',
];

interface Said {
  sourceLayer: string;
  id: number | string;
}

/**
 * Say each name once in a view: a park may be an area and a landmark, a lake or a road may be of several parts. What says a name a second
 * time is drawn without it, until the one that said it is out of sight.
 */
export function sayOnce(map: MapLibreMap): void {
  let silent: Said[] = [];
  const look = (): void => {
    const now = twins(map);
    const key = ({ sourceLayer, id }: Said): string => `${sourceLayer} ${id}`;
    const kept = new Set(now.map(key));
    const before = new Set(silent.map(key));
    for (const said of silent) if (!kept.has(key(said))) map.setFeatureState({ source: CITY, ...said }, { [TWIN]: false });
    for (const said of now) if (!before.has(key(said))) map.setFeatureState({ source: CITY, ...said }, { [TWIN]: true });
    silent = now;
  };
  map.on('idle', look);
  // A new style knows no states.
  map.on('style.load', () => (silent = []));
}

/** What repeats a name that something before it says. */
function twins(map: MapLibreMap): Said[] {
  const layers = ONCE.filter((id) => map.getLayer(id));
  const order = (feature: MapGeoJSONFeature): number => ONCE.indexOf(feature.layer.id);
  const found = map.queryRenderedFeatures({ layers }).filter((feature) => feature.id !== undefined && feature.properties['name']);
  found.sort((a, b) => order(a) - order(b) || Number(a.id) - Number(b.id));
  const by = new Map<unknown, string>();
  const repeats = new Map<string, Said>();
  for (const feature of found) {
    const said: Said = { sourceLayer: feature.sourceLayer ?? '', id: feature.id ?? '' };
    const own = `${said.sourceLayer} ${said.id}`;
    const first = by.get(feature.properties['name']);
    if (first === undefined) by.set(feature.properties['name'], own);
    // The same thing in two tiles is no second one.
    else if (first !== own) repeats.set(own, said);
  }
  return [...repeats.values()];
}
