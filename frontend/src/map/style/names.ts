import type { ExpressionSpecification, FilterSpecification, SymbolLayerSpecification } from 'maplibre-gl';
import { among, byClass, CITY, grows } from './expressions';
import type { Palette } from './palette';

/** A feature whose name another one in sight already says is told so by this state (see `twins`). */
export const TWIN = 'twin';
const SAID: ExpressionSpecification = ['case', ['boolean', ['feature-state', TWIN], false], 0, 1];

export interface Reader {
  /** Whether the reader reads English. */
  english: boolean;
  /** The families to write with, the best first. */
  type: string[];
}

/** Less is placed first. */
const IMPORTANCE = {
  station: 0,
  government: 1,
  hospital: 1,
  university: 2,
  subway: 2,
  park: 3,
  square: 3,
  museum: 3,
  school: 4,
  library: 4,
  mall: 4,
  police: 5,
  fire: 5,
  theatre: 5,
  sports: 5,
  market: 5,
  community: 5,
  elderly: 6,
  kindergarten: 6,
  clinic: 6,
  worship: 6,
  hotel: 7,
  tram_stop: 7,
  bus_stop: 8,
  pharmacy: 8,
  bank: 8,
  post: 8,
};
const LEAST = 9;
/** Of these there are many, often named after the compound they stand at: its own name goes first. */
const LESSER = ['bus_stop', 'tram_stop', 'pharmacy', 'bank', 'post'];

/** All words of the map, the least important first: of two in each other's way the later layer's stands. */
export function names(palette: Palette, reader: Reader): SymbolLayerSpecification[] {
  const { colour, scale } = palette;
  const size = (...stops: [number, number][]): ExpressionSpecification =>
    grows(stops.map(([zoom, px]) => [zoom, px * scale]), 1);
  const paint = (name: string, halo = 'halo'): NonNullable<SymbolLayerSpecification['paint']> => ({
    'text-color': colour(name),
    'text-halo-color': colour(halo),
    'text-halo-width': 1.4 * scale,
    'text-halo-blur': 0.4,
    'text-opacity': SAID,
  });
  const own: ExpressionSpecification = ['coalesce', ['get', 'name'], ''];
  const foreign: ExpressionSpecification = ['coalesce', ['get', 'name_en'], ''];
  const differs: ExpressionSpecification = ['all', ['!=', foreign, ''], ['!=', foreign, own]];
  // Whoever reads English also sees what the sign in the street says.
  const both = (between: string): ExpressionSpecification =>
    reader.english ? ['case', differs, ['format', foreign, {}, between, {}, own, { 'font-scale': 0.85 }], ['format', own, {}]] : own;
  const spread: NonNullable<SymbolLayerSpecification['layout']> = {
    'text-font': reader.type,
    'text-max-width': 10,
    'text-padding': 3,
    'text-line-height': 1.15,
  };
  const area = (
    layer: string,
    shown: { from: number; to?: number },
    colourName: string,
    layout: NonNullable<SymbolLayerSpecification['layout']>,
  ): SymbolLayerSpecification => ({
    id: `${layer}-name`,
    type: 'symbol',
    source: CITY,
    'source-layer': `${layer}_name`,
    minzoom: shown.from,
    ...(shown.to ? { maxzoom: shown.to } : {}),
    layout: {
      'text-field': both('\n'),
      ...spread,
      // A name that another one is in the way of moves aside before it is left out.
      'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'],
      'text-radial-offset': 0.25,
      ...layout,
    },
    paint: paint(colourName),
  });
  const along = (
    layer: string,
    classes: string[],
    from: number,
    colourName: string,
    layout: NonNullable<SymbolLayerSpecification['layout']>,
  ): SymbolLayerSpecification => ({
    id: `${layer}-${classes[0] ?? ''}-along`,
    type: 'symbol',
    source: CITY,
    'source-layer': layer,
    minzoom: from,
    filter: ['all', among(...classes), ['has', 'name']] as never,
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 520,
      'text-field': both('  '),
      'text-font': reader.type,
      'text-max-angle': 30,
      'text-padding': 6,
      'text-letter-spacing': 0.06,
      ...layout,
    },
    paint: paint(colourName),
  });
  const numbered = (layer: string, from: number, source: string): SymbolLayerSpecification => ({
    id: `${layer}-number`,
    type: 'symbol',
    source: CITY,
    'source-layer': source,
    minzoom: from,
    filter: ['all', ['has', 'number'], ['!', ['has', 'name']]] as never,
    layout: {
      'text-field': ['get', 'number'],
      'text-font': reader.type,
      'text-size': size([17, 10], [19, 12.5]),
      'text-padding': 2,
      ...(layer === 'entrance' ? { 'text-anchor': 'top', 'text-offset': [0, 0.4] as [number, number] } : {}),
    },
    paint: { ...paint('name'), 'text-halo-width': scale, 'text-opacity': 0.9 },
  });
  const landmark = (id: string, filter: FilterSpecification): SymbolLayerSpecification => ({
    id,
    type: 'symbol',
    source: CITY,
    'source-layer': 'landmark',
    minzoom: 12,
    filter,
    layout: {
      'icon-image': ['concat', 'landmark-', ['get', 'class']],
      'icon-padding': 3,
      'text-field': ['step', ['zoom'], '', 14, both('\n')] as never,
      ...spread,
      'text-size': size([14, 10.5], [19, 13]),
      'text-variable-anchor': ['left', 'right', 'top', 'bottom'],
      'text-justify': 'auto',
      'text-radial-offset': 0.95,
      'text-optional': true,
      'symbol-sort-key': byClass(IMPORTANCE, LEAST),
    },
    paint: paint('name'),
  });
  return [
    numbered('entrance', 17.5, 'entrance'),
    numbered('building', 16.5, 'building_name'),
    area('grid', { from: 15, to: 17.5 }, 'name-area', { 'text-size': size([15, 10.5], [17, 12]) }),
    { ...area('building', { from: 16.5 }, 'name', { 'text-size': size([16, 10.5], [19, 13]) }), filter: ['has', 'name'] as never },
    landmark('landmark-lesser', among(...LESSER)),
    area('green', { from: 13 }, 'name-green', { 'text-size': size([13, 11], [18, 13]) }),
    area('compound', { from: 15 }, 'name', { 'text-size': size([15, 11], [19, 14]) }),
    along('road', ['local', 'service', 'path'], 15, 'name-way', { 'text-size': size([15, 10.5], [19, 13.5]) }),
    along('road', ['collector'], 13.5, 'name-way', { 'text-size': size([13, 10.5], [19, 14]) }),
    along('road', ['motorway', 'arterial'], 12, 'name-way', { 'text-size': size([12, 11], [19, 15]) }),
    area('water', { from: 10 }, 'name-water', { 'text-size': size([10, 11], [18, 14]), 'text-letter-spacing': 0.1 }),
    along('waterway', ['river', 'canal', 'stream'], 10, 'name-water', { 'text-size': size([10, 11.5], [18, 14]), 'text-letter-spacing': 0.2 }),
    landmark('landmark', ['!', among(...LESSER)] as never),
    area('community', { from: 12.5, to: 15 }, 'name', { 'text-size': size([12, 11], [15, 13]) }),
    area('street', { from: 10.5, to: 13.5 }, 'name-strong', { 'text-size': size([10, 11], [13, 14]), 'text-letter-spacing': 0.05 }),
    // On a phone the whole city is small, and all its districts are to be named.
    area('district', { from: 0, to: 11.5 }, 'name-strong', { 'text-size': size([6.5, 11], [8, 14], [11, 17]), 'text-letter-spacing': 0.08 }),
  ];
}
