/* Stands for the engine's reader of MapLibre tiles (MLT): the city's own are vector tiles (MVT), and it is a twentieth of the engine. */

export const GEOMETRY_TYPE = {};

/** Raises: such a tile is never asked for. */
export function decodeTile(): never {
  throw new Error('MapLibre tiles (MLT) are not read here; the map asks for vector tiles (MVT)');
}
