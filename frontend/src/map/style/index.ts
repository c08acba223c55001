import type { StyleSpecification } from 'maplibre-gl';
import { type BaseLayer, withBase } from '../base';
import { borders } from './borders';
import { CITY } from './expressions';
import { ground } from './ground';
import { names, type Reader } from './names';
import type { Palette } from './palette';
import { ways } from './ways';

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

export type Faces = StyleSpecification['font-faces'];

/**
 * The quiet base in the page's own colours: what lies flat, borders, ways, words, from the lowest up. Colour that speaks is left to
 * the work that others draw on it. Under it lies what the server tells of. `faces`: the type that the reader's machine does not have.
 */
export function styleOf(set: TileSet, palette: Palette, reader: Reader, faces: Faces): StyleSpecification {
  const tiles = set.tiles.map((path) => location.origin + path);
  const own: StyleSpecification = {
    version: 8,
    ...(faces ? { 'font-faces': faces } : {}),
    sources: { [CITY]: { type: 'vector', tiles, maxzoom: set.maxzoom, ...(set.bounds ? { bounds: set.bounds } : {}) } },
    layers: [...ground(palette), ...borders(palette), ...ways(palette), ...names(palette, reader)],
  };
  return withBase(own, set.base, palette);
}
