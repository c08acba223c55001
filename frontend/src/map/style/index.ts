import type { StyleSpecification } from 'maplibre-gl';
import { withBase } from '../base';
import type { TileSet } from '../tile-set';
import { borders } from './borders';
import { CITY } from './expressions';
import { ground } from './ground';
import { names, type Reader } from './names';
import type { Palette } from './palette';
import { ways } from './ways';

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
