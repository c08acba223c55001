import type { LayerSpecification } from 'maplibre-gl';
import { among, byClass, CITY, grows } from './expressions';
import type { Palette } from './palette';

/** What lies flat: the city's land, compounds, green, water and buildings. */
export function ground({ colour }: Palette): LayerSpecification[] {
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': colour('land-2') } },
    { id: 'land', type: 'fill', source: CITY, 'source-layer': 'district', paint: { 'fill-color': colour('land') } },
    {
      id: 'compound',
      type: 'fill',
      source: CITY,
      'source-layer': 'compound',
      paint: { 'fill-color': colour('block') },
    },
    {
      id: 'green',
      type: 'fill',
      source: CITY,
      'source-layer': 'green',
      paint: {
        'fill-color': byClass({ wood: colour('wood'), farmland: colour('field') }, colour('green')),
        'fill-antialias': false,
      },
    },
    { id: 'water', type: 'fill', source: CITY, 'source-layer': 'water', paint: { 'fill-color': colour('water') } },
    {
      id: 'water-edge',
      type: 'line',
      source: CITY,
      'source-layer': 'water',
      minzoom: 13,
      paint: { 'line-color': colour('water-edge'), 'line-width': grows([[13, 0.4], [19, 1.5]]) },
    },
    {
      id: 'waterway',
      type: 'line',
      source: CITY,
      'source-layer': 'waterway',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': colour('water'),
        'line-width': grows([
          [7, byClass({ river: 1.2 }, 0.4)],
          [11, byClass({ river: 3 }, 0.6)],
          [14, byClass({ river: 8, canal: 2.5 }, 1.2)],
          [19, byClass({ river: 60, canal: 18 }, 8)],
        ]),
      },
    },
    {
      id: 'building',
      type: 'fill',
      source: CITY,
      'source-layer': 'building',
      minzoom: 15,
      paint: {
        'fill-color': colour('building'),
        'fill-outline-color': colour('building-edge'),
        // They come in with the zoom: a whole quarter at once would be a dark patch.
        'fill-opacity': ['interpolate', ['linear'], ['zoom'], 15, 0.55, 15.8, 1],
      },
    },
    {
      id: 'entrance',
      type: 'circle',
      source: CITY,
      'source-layer': 'entrance',
      minzoom: 17,
      filter: among('main', 'entrance', 'gate'),
      paint: {
        'circle-color': colour('door'),
        'circle-radius': grows([[17, byClass({ gate: 2.2, main: 2 }, 1.2)], [19, byClass({ gate: 4.5, main: 4 }, 2.6)]]),
        'circle-stroke-color': colour('halo'),
        'circle-stroke-width': grows([[17, 0.6], [19, 1.2]]),
      },
    },
  ];
}
