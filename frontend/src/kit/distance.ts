import { t } from './strings';

const EARTH_RADIUS_M = 6_371_008.8;

/** The distance of two points (longitude and latitude, WGS84) over the sphere, in metres. */
export function metresBetween([lon, lat]: [number, number], [otherLon, otherLat]: [number, number]): number {
  const radians = Math.PI / 180;
  const [north, east] = [((otherLat - lat) * radians) / 2, ((otherLon - lon) * radians) / 2];
  const half = Math.sin(north) ** 2 + Math.cos(lat * radians) * Math.cos(otherLat * radians) * Math.sin(east) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** 300 metres, 4.5 kilometres, in the page's words. */
export function inWords(metres: number): string {
  if (metres < 1000) return t('map_metres', { number: Math.max(1, Math.round(metres)) });
  return t('map_kilometres', { number: Number((metres / 1000).toFixed(metres < 9_950 ? 1 : 0)) });
}

/** The same of what is known only roughly: 40 metres, 120 metres, 600 metres. */
export function roughly(metres: number): string {
  const step = metres < 195 ? 10 : 50;
  return inWords(metres < 975 ? Math.max(step, Math.round(metres / step) * step) : Math.max(1000, metres));
}
