import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { among, byClass, CITY, grows } from './expressions';
import type { Palette } from './palette';

/** Of each class of road: its width in px at these zooms. A class that is not there yet has none. */
const ZOOMS = [7, 10, 12, 14, 16, 19] as const;
const WIDTHS: Record<string, readonly [number, number, number, number, number, number]> = {
  motorway: [0.8, 1.8, 3, 5, 13, 42],
  arterial: [0.4, 1.2, 2.4, 4.4, 12, 38],
  collector: [0, 0.6, 1.5, 3.2, 9, 30],
  local: [0, 0, 0.5, 1.8, 6, 22],
  service: [0, 0, 0, 0.7, 3.2, 12],
};
/** From here on a road has a casing. */
const NEAR = 11.5;
const ROADS = Object.keys(WIDTHS);
/** The lower one lies under the others where they meet. */
const ORDER = { motorway: 5, arterial: 4, collector: 3, local: 2, service: 1 };

/** The widths of roads at each zoom, with so many px more from the first to the last zoom. */
function widths(more: readonly number[]): ExpressionSpecification {
  const at = (place: number): ExpressionSpecification =>
    byClass(Object.fromEntries(ROADS.map((road) => [road, (WIDTHS[road]?.[place] ?? 0) + (more[place] ?? 0)])), 0);
  return grows(ZOOMS.map((zoom, place) => [zoom, at(place)]));
}

/** Roads with their casings, paths, rails. */
export function ways({ colour }: Palette): LayerSpecification[] {
  const round = { 'line-cap': 'round', 'line-join': 'round', 'line-sort-key': byClass(ORDER, 0) } as const;
  const main = (strong: string, weak: string): ExpressionSpecification =>
    byClass({ motorway: colour(strong), arterial: colour(strong) }, colour(weak));
  return [
    {
      id: 'path',
      type: 'line',
      source: CITY,
      'source-layer': 'road',
      minzoom: 15,
      filter: among('path'),
      layout: { 'line-cap': 'butt', 'line-join': 'round' },
      paint: { 'line-color': colour('path'), 'line-width': grows([[15, 0.6], [19, 2.2]]), 'line-dasharray': [3, 1.6] },
    },
    {
      id: 'metro',
      type: 'line',
      source: CITY,
      'source-layer': 'rail',
      minzoom: 12,
      filter: among('subway'),
      paint: { 'line-color': colour('metro'), 'line-width': grows([[12, 1], [19, 4]]), 'line-dasharray': [2, 1.2], 'line-opacity': 0.7 },
    },
    {
      id: 'road-edge',
      type: 'line',
      source: CITY,
      'source-layer': 'road',
      minzoom: NEAR,
      filter: among(...ROADS),
      layout: { ...round, 'line-cap': 'butt' },
      paint: { 'line-color': main('road-main-edge', 'road-edge'), 'line-width': widths([0, 0.8, 1.2, 1.3, 1.6, 2.4]) },
    },
    {
      id: 'road',
      type: 'line',
      source: CITY,
      'source-layer': 'road',
      filter: among(...ROADS),
      layout: round,
      paint: {
        // From afar a road is too thin for a casing, and has its colour.
        'line-color': ['step', ['zoom'], main('road-main-far', 'road-far'), NEAR, main('road-main', 'road')],
        'line-width': widths([]),
      },
    },
    {
      id: 'rail',
      type: 'line',
      source: CITY,
      'source-layer': 'rail',
      minzoom: 9,
      filter: among('rail', 'tram'),
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': colour('rail'),
        'line-width': grows([[9, byClass({ rail: 0.6 }, 0.3)], [14, byClass({ rail: 1.4 }, 0.7)], [19, byClass({ rail: 4 }, 1.4)]]),
      },
    },
    {
      id: 'rail-sleepers',
      type: 'line',
      source: CITY,
      'source-layer': 'rail',
      minzoom: 14,
      filter: among('rail'),
      paint: { 'line-color': colour('land'), 'line-width': grows([[14, 0.7], [19, 2.4]]), 'line-dasharray': [5, 5] },
    },
  ];
}
