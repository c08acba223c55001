import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl';
import './geojson';
import { paletteOf } from './style/palette';
import { addWork, spriteOf, TONES, type Sprite, type Tone } from './symbols';

/** Something of the work on a map. */
export interface WorkPoint {
  lon: number;
  lat: number;
  /** `work-worker`, `work-station`, or `case-` and the code of a class, major or minor. */
  symbol: string;
  tone: Tone;
}

const WORK = 'work';
const sprite = () => spriteOf(document.documentElement.dataset['symbols'] ?? '');

/** One of each symbol, the tones in turn. */
export async function samples(): Promise<Pick<WorkPoint, 'symbol' | 'tone'>[]> {
  const ids = [...(await sprite()).keys()].filter((id) => !id.startsWith('landmark-'));
  return ids.map((symbol, place) => ({ symbol, tone: TONES[place % TONES.length] ?? 'accent' }));
}

/**
 * A place on the map for the work, above the ground: what it returns draws points, instead of those drawn before. They stay when
 * the map's colours change.
 */
export async function workOn(map: MapLibreMap): Promise<(points: WorkPoint[]) => void> {
  const symbols = await sprite();
  let data = collection(symbols, []);
  const put = (): void => {
    if (map.getSource(WORK)) return;
    addWork(map, symbols, paletteOf(map.getContainer()));
    map.addSource(WORK, { type: 'geojson', data });
    map.addLayer({
      id: WORK,
      type: 'symbol',
      source: WORK,
      layout: {
        'icon-image': ['get', 'image'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 11, 0.6, 16, 1],
        // Whoever looks for work must see all of it.
        'icon-allow-overlap': true,
        'symbol-sort-key': ['get', 'urgent'],
      },
    });
  };
  map.on('style.load', put);
  map.once('idle', put);
  map.triggerRepaint();
  return (points) => {
    data = collection(symbols, points);
    map.getSource<GeoJSONSource>(WORK)?.setData(data);
  };
}

function collection(symbols: Sprite, points: WorkPoint[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: points.map(({ lon, lat, symbol, tone }, id) => ({
      type: 'Feature',
      id,
      geometry: { type: 'Point', coordinates: [lon, lat] },
      properties: { image: `${known(symbols, symbol)}-${tone}`, urgent: tone === 'urgent' ? 1 : 0 },
    })),
  };
}

/** The symbol of a minor class is its major's; a city may have classes of its own. */
export function known(symbols: Sprite, symbol: string): string {
  const major = symbol.replace(/^(case-[A-Z]\d\d).*/, '$1');
  if (symbols.has(major)) return major;
  return major.startsWith('case-C') ? 'case-C05' : 'case-E06';
}
