/** Degrees, longitude first. */
export type Degrees = [number, number];

// As `kernel/datum.py` has them: Krasovsky's ellipsoid, and the box within which the shift applies.
const [A, E2] = [6378245.0, 0.00669342162296594323];
const [WEST, SOUTH, EAST, NORTH] = [72.004, 0.8293, 137.8347, 55.8271];

/** Shift WGS84 to GCJ-02, the datum of public map services in China; unchanged outside the region of the shift. */
export function toGcj02([lon, lat]: Degrees): Degrees {
  if (lon < WEST || lon > EAST || lat < SOUTH || lat > NORTH) return [lon, lat];
  const [x, y] = [lon - 105, lat - 35];
  const sine = (of: number) => Math.sin(of * Math.PI);
  const root = Math.sqrt(Math.abs(x));
  const ripple = ((20 * sine(6 * x) + 20 * sine(2 * x)) * 2) / 3;
  const north =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple +
    ((20 * sine(y) + 40 * sine(y / 3)) * 2) / 3 + ((160 * sine(y / 12) + 320 * sine(y / 30)) * 2) / 3;
  const east =
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple +
    ((20 * sine(x) + 40 * sine(x / 3)) * 2) / 3 + ((150 * sine(x / 12) + 300 * sine(x / 30)) * 2) / 3;
  const phi = (lat * Math.PI) / 180;
  const flattening = 1 - E2 * Math.sin(phi) ** 2;
  const meridian = (A * (1 - E2)) / flattening ** 1.5;
  const parallel = (A / Math.sqrt(flattening)) * Math.cos(phi);
  return [lon + ((east / parallel) * 180) / Math.PI, lat + ((north / meridian) * 180) / Math.PI];
}

/** Where in the square of a zoom's tiles a point lies: whole numbers are corners of tiles. */
export function inTiles([lon, lat]: Degrees, zoom: number): [number, number] {
  const side = 2 ** zoom;
  const y = 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
  return [(lon / 360 + 0.5) * side, y * side];
}

/** The point in degrees of a place in the square of a zoom's tiles. */
export function ofTiles(x: number, y: number, zoom: number): Degrees {
  const side = 2 ** zoom;
  return [(x / side - 0.5) * 360, (Math.atan(Math.exp((0.5 - y / side) * 2 * Math.PI)) * 360) / Math.PI - 90];
}

/**
 * Where in the square of shifted tiles the upper left corner of a WGS84 tile lies. One shift for the whole tile, that of its middle:
 * over half a tile it changes by less than one pixel.
 */
export function shiftedCorner(zoom: number, x: number, y: number): [number, number] {
  const [shiftedX, shiftedY] = inTiles(toGcj02(ofTiles(x + 0.5, y + 0.5, zoom)), zoom);
  return [shiftedX - 0.5, shiftedY - 0.5];
}
