import { addProtocol, type LayerSpecification, type SourceSpecification, type StyleSpecification } from 'maplibre-gl';
import type { Palette } from './style/palette';

/** What lies under the city's own ground, as the server tells it (`interfaces/web/base_map.py`). */
export interface BaseLayer {
  kind: 'raster' | 'vector';
  tiles: string[];
  minzoom: number;
  maxzoom: number;
  datum: 'wgs84' | 'gcj02';
  bounds: [number, number, number, number] | null;
  /** What the layers of vector tiles are called. */
  layers: string[];
}

// The usual schemas by the names of their layers: Protomaps, OpenMapTiles, Shortbread.
const WATER = ['water', 'ocean', 'water_polygons'];
const GREEN = ['landuse', 'landcover', 'park', 'land', 'natural', 'sites'];
const WATERWAY = ['waterway', 'water_lines', 'physical_line'];
const ROAD = ['roads', 'transportation', 'streets'];
const BUILDING = ['buildings', 'building'];
const GREEN_KINDS = [
  'park', 'wood', 'forest', 'grass', 'meadow', 'grassland', 'scrub', 'garden', 'golf_course', 'pitch', 'cemetery', 'recreation_ground',
  'village_green', 'nature_reserve', 'national_park', 'protected_area', 'allotments', 'orchard', 'vineyard', 'farmland',
];
const LARGE_KINDS = ['motorway', 'trunk', 'primary', 'secondary', 'highway', 'major_road'];
const KIND = ['coalesce', ['get', 'kind'], ['get', 'class'], ''];
/** Areas of the city's own that are drawn over the whole land: with a base below they would hide it. */
const WHOLE_LAND = ['city', 'district', 'street', 'community', 'grid'];

// What cuts pictures in GCJ-02 anew comes when the first is asked for.
addProtocol('gcj02', async ({ url }, { signal }) => ({ data: await (await import('./shifted')).pictureAt(url, signal) }));

/** The style with the base layers under everything but the background. */
export function withBase(style: StyleSpecification, base: readonly BaseLayer[] | undefined, palette: Palette): StyleSpecification {
  if (!base?.length) return style;
  const sources: Record<string, SourceSpecification> = {};
  const layers: LayerSpecification[] = [];
  for (const [index, one] of base.entries()) {
    const id = `base-${index}`;
    const absolute = one.tiles.map((address) => (address.startsWith('/') ? location.origin + address : address));
    const common = { minzoom: one.minzoom, maxzoom: one.maxzoom, ...(one.bounds ? { bounds: one.bounds } : {}) };
    if (one.kind === 'vector') {
      sources[id] = { type: 'vector', tiles: absolute, ...common };
      layers.push(...drawn(id, one.layers, palette));
      continue;
    }
    const tiles = one.datum === 'gcj02' ? [`gcj02://{z}/{x}/{y}/${encodeURIComponent(JSON.stringify(absolute))}`] : absolute;
    sources[id] = { type: 'raster', tiles, tileSize: 256, ...common };
    layers.push({ id, type: 'raster', source: id, paint: { 'raster-fade-duration': 0, ...dimmed(palette) } });
  }
  const pictures = base.some((one) => one.kind === 'raster');
  const own = style.layers.flatMap((layer): LayerSpecification[] => {
    if (layer.type !== 'fill') return [layer];
    if (WHOLE_LAND.includes(layer['source-layer'] ?? '')) return [];
    return [pictures ? { ...layer, paint: { ...layer.paint, 'fill-opacity': 0.5 } } : layer];
  });
  const grounds = own.filter((layer) => layer.type === 'background');
  const rest = own.filter((layer) => layer.type !== 'background');
  return { ...style, sources: { ...sources, ...style.sources }, layers: [...grounds, ...layers, ...rest] };
}

/** In the dark, pictures that were made for the day are dimmed. */
function dimmed({ colour }: Palette): Record<string, number> {
  const [red = 255, green = 255, blue = 255] = (colour('land').match(/[\da-f]{2}/gi) ?? []).map((part) => parseInt(part, 16));
  return red + green + blue < 384 ? { 'raster-brightness-max': 0.55, 'raster-saturation': -0.4 } : {};
}

function drawn(source: string, names: readonly string[], { colour }: Palette): LayerSpecification[] {
  const these = (of: readonly string[]) => names.filter((name) => of.includes(name));
  const one = (name: string, part: string) => ({ id: `${source}-${name}-${part}`, source, 'source-layer': name });
  const wide = (thin: number, thick: number) => ['interpolate', ['exponential', 1.6], ['zoom'], 9, thin, 17, thick] as never;
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const kinds = (of: readonly string[], inside: boolean) => {
    const found = ['in', KIND, ['literal', of]];
    return (inside ? found : ['!', found]) as never;
  };
  const roads = (name: string): LayerSpecification[] =>
    [false, true].flatMap((large): LayerSpecification[] => {
      const [thin, thick] = large ? [1.2, 14] : [0.4, 7];
      const all = { minzoom: large ? 6 : 12, filter: kinds(LARGE_KINDS, large), layout: round };
      const part = large ? 'large' : 'small';
      return [
        { ...one(name, `${part}-edge`), type: 'line', ...all, paint: { 'line-color': colour('road-edge'), 'line-width': wide(thin + 1, thick + 2) } },
        { ...one(name, part), type: 'line', ...all, paint: { 'line-color': colour('road'), 'line-width': wide(thin, thick) } },
      ];
    });
  return [
    ...these(GREEN).map((name): LayerSpecification => ({
      ...one(name, 'green'), type: 'fill', filter: kinds(GREEN_KINDS, true), paint: { 'fill-color': colour('green') },
    })),
    ...these(WATER).map((name): LayerSpecification => ({
      ...one(name, 'fill'), type: 'fill', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour('water') },
    })),
    ...these([...WATERWAY, ...WATER]).map((name): LayerSpecification => ({
      ...one(name, 'line'), type: 'line', filter: ['==', ['geometry-type'], 'LineString'], layout: round,
      paint: { 'line-color': colour('water'), 'line-width': wide(0.8, 6) },
    })),
    ...these(BUILDING).map((name): LayerSpecification => ({
      ...one(name, 'fill'), type: 'fill', minzoom: 14, paint: { 'fill-color': colour('building') },
    })),
    ...these(ROAD).flatMap(roads),
  ];
}
