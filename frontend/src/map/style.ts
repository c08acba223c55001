import type { StyleSpecification } from 'maplibre-gl';
import { type BaseLayer, withBase } from './base';

/** What a map must know of the city's tiles (TileJSON 3, as far as it is used). */
export interface TileSet {
  tiles: string[];
  maxzoom: number;
  /** West, south, east, north in degrees; none where there are no areas yet. */
  bounds?: [number, number, number, number];
  /** What lies under it, from the lowest up. */
  base?: BaseLayer[];
  /** The lines that must stand beside the map. */
  attribution?: string;
}

/** The whole ground: the city's own, and what lies below it. */
export function styleOf(set: TileSet): StyleSpecification {
  return withBase(ownStyle(set), set.base);
}

/** The quiet base: areas, compounds, roads, water, names, in the page's own colours. No glyph server: names use local fonts. */
function ownStyle(set: TileSet): StyleSpecification {
  const css = getComputedStyle(document.documentElement);
  const colour = (name: string) => css.getPropertyValue(`--map-${name}`).trim();
  const font = ['Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'];
  const english = document.documentElement.lang.startsWith('en');
  const own = ['coalesce', ['get', 'name'], ''];
  const foreign = ['coalesce', ['get', 'name_en'], ''];
  const name = english ? ['case', ['==', foreign, ''], own, foreign] : own;
  const edge = (level: string, minzoom: number, width: number, strong = false) => ({
    id: `${level}-edge`,
    type: 'line' as const,
    source: 'city',
    'source-layer': level,
    minzoom,
    layout: { 'line-join': 'round' as const },
    paint: {
      'line-color': colour(strong ? 'edge-strong' : 'edge'),
      'line-width': width,
      ...(strong ? {} : { 'line-dasharray': [3, 2] }),
    },
  });
  const label = (level: string, minzoom: number, maxzoom: number, size: number | unknown[]) => ({
    id: `${level}-name`,
    type: 'symbol' as const,
    source: 'city',
    'source-layer': `${level}_name`,
    minzoom,
    maxzoom,
    layout: {
      'text-field': name as never,
      'text-font': font,
      'text-size': size as never,
      'text-max-width': 8,
      // A name that another one is in the way of moves aside before it is left out.
      'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'] as never,
      'text-radial-offset': 0.25,
      'text-padding': 1,
    },
    paint: { 'text-color': colour('name'), 'text-halo-color': colour('land'), 'text-halo-width': 1.5 },
  });
  const kind = (value: string) => ['==', ['get', 'class'], value] as never;
  const road = (value: string, minzoom: number, thin: number, thick: number) => [
    {
      id: `${value}-case`,
      type: 'line' as const,
      source: 'city',
      'source-layer': 'road',
      minzoom,
      filter: kind(value),
      layout: { 'line-cap': 'round' as const, 'line-join': 'round' as const },
      paint: {
        'line-color': colour('road-edge'),
        'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 9, thin + 1, 17, thick + 2.5] as never,
      },
    },
    {
      id: value,
      type: 'line' as const,
      source: 'city',
      'source-layer': 'road',
      minzoom,
      filter: kind(value),
      layout: { 'line-cap': 'round' as const, 'line-join': 'round' as const },
      paint: {
        'line-color': colour('road'),
        'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 9, thin, 17, thick] as never,
      },
    },
  ];
  return {
    version: 8,
    sources: {
      city: { type: 'vector', tiles: set.tiles.map((path) => location.origin + path), maxzoom: set.maxzoom, ...(set.bounds ? { bounds: set.bounds } : {}) },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colour('land-2') } },
      { id: 'land', type: 'fill', source: 'city', 'source-layer': 'district', paint: { 'fill-color': colour('land') } },
      {
        id: 'block',
        type: 'fill',
        source: 'city',
        'source-layer': 'compound',
        paint: { 'fill-color': colour('block'), 'fill-outline-color': colour('block-edge') },
      },
      {
        id: 'green',
        type: 'fill',
        source: 'city',
        'source-layer': 'green',
        paint: { 'fill-color': colour('green') },
      },
      { id: 'lake', type: 'fill', source: 'city', 'source-layer': 'water', paint: { 'fill-color': colour('water') } },
      {
        id: 'building',
        type: 'fill',
        source: 'city',
        'source-layer': 'building',
        minzoom: 14,
        paint: { 'fill-color': colour('building'), 'fill-outline-color': colour('block-edge') },
      },
      edge('grid', 13, 0.75),
      edge('community', 11.5, 1),
      edge('street', 9, 1),
      {
        id: 'water',
        type: 'line',
        source: 'city',
        'source-layer': 'waterway',
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': colour('water'), 'line-width': ['interpolate', ['exponential', 1.7], ['zoom'], 7, 2, 17, 60] },
      },
      ...road('local', 12.5, 0.5, 8),
      ...road('collector', 10, 0.8, 12),
      ...road('arterial', 8, 1.2, 16),
      edge('district', 0, 1.5, true),
      // On a phone the whole city is small, and all its districts are to be named.
      label('district', 0, 10.5, ['interpolate', ['linear'], ['zoom'], 6.5, 11, 8, 14]),
      label('street', 10.5, 12.5, 12.5),
      label('community', 12.5, 14.5, 12.5),
      label('grid', 14.5, 22, 12),
      {
        id: 'block-name',
        type: 'symbol',
        source: 'city',
        'source-layer': 'compound_name',
        minzoom: 15.5,
        layout: { 'text-field': name as never, 'text-font': font, 'text-size': 11, 'text-max-width': 8 },
        paint: { 'text-color': colour('name'), 'text-halo-color': colour('block'), 'text-halo-width': 1.5 },
      },
      {
        id: 'road-name',
        type: 'symbol',
        source: 'city',
        'source-layer': 'road',
        minzoom: 12,
        layout: {
          'symbol-placement': 'line',
          'text-field': ['coalesce', ['get', 'name'], ''],
          'text-font': font,
          'text-size': 12,
        },
        paint: { 'text-color': colour('name'), 'text-halo-color': colour('road'), 'text-halo-width': 1.5 },
      },
    ],
  };
}
