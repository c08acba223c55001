import { fetched } from '../kit/ahead';
import type { BaseLayer } from './base';

/** What a map must know of the city's tiles (TileJSON 3, as far as it is used). */
export interface TileSet {
  tiles: string[];
  maxzoom: number;
  /** West, south, east, north in degrees; none where there are no areas yet. */
  bounds?: Box;
  /** What lies under it, from the lowest up. */
  base?: BaseLayer[];
  /** The lines that must stand beside the map. */
  attribution?: string;
}

type Box = [west: number, south: number, east: number, north: number];

/** Ask what there is at this address. Raises what the network raises. */
export async function tileSet(address: string): Promise<TileSet> {
  const answer = await fetched(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return (await answer.json()) as TileSet;
}

/** Round what is fitted into a map: its buttons stand at the right. */
export const PADDING = { top: 12, bottom: 12, left: 12, right: 64 };
/** No map shows more of the world. */
export const FARTHEST = 6;
const TILE_PX = 512;
/** A wide screen begins with some nine; whatever would ask for many more knows better when the engine is there. */
const MOST = 12;

type Near = { center: [lon: number, lat: number]; zoom: number };
export type View = Near | { bounds: Box };

/** Where a map begins: at its place, else where it was, else with a box, else with the whole city; nothing where nothing is known. */
export function firstView(set: TileSet, place: Near | undefined, before: Near | undefined, box: Box | undefined): View | undefined {
  const bounds = box ?? set.bounds;
  return place ?? (bounds && (before ?? { bounds }));
}

/**
 * Ask ahead for the tiles that a map of this size, in pixels, begins with, as long as its engine is on the way: it finds them in
 * the browser's store.
 */
export function fetchTilesEarly(set: TileSet, view: View, width: number, height: number): void {
  for (const address of firstTiles(set, view, width, height)) {
    void fetch(address)
      .then((answer) => answer.arrayBuffer())
      .catch(() => undefined);
  }
}

/** Their addresses; none where there are too many. */
export function firstTiles({ tiles: [address], maxzoom, bounds }: TileSet, view: View, width: number, height: number): string[] {
  if (!address || !width || !height) return [];
  const { x, y, zoom } = 'bounds' in view ? fitted(view.bounds, width, height) : { ...inWorld(view.center), zoom: view.zoom };
  const level = Math.min(Math.floor(zoom), maxzoom);
  const side = 2 ** level;
  const [halfWidth, halfHeight] = [width / 2 / TILE_PX / 2 ** zoom, height / 2 / TILE_PX / 2 ** zoom];
  const [least, most] = bounds ? [inWorld([bounds[0], bounds[3]]), inWorld([bounds[2], bounds[1]])] : [{ x: 0, y: 0 }, { x: 1, y: 1 }];
  const range = (from: number, to: number): number[] => {
    const first = Math.floor(Math.max(0, from) * side);
    const last = Math.min(side - 1, Math.ceil(Math.min(1, to) * side) - 1);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => first + place);
  };
  const columns = range(Math.max(x - halfWidth, least.x), Math.min(x + halfWidth, most.x));
  const rows = range(Math.max(y - halfHeight, least.y), Math.min(y + halfHeight, most.y));
  if (columns.length * rows.length > MOST) return [];
  return columns.flatMap((column) =>
    rows.map((row) => address.replace('{z}', `${level}`).replace('{x}', `${column}`).replace('{y}', `${row}`)),
  );
}

/** Where the engine looks to show a box within the padding. */
function fitted([west, south, east, north]: Box, width: number, height: number): { x: number; y: number; zoom: number } {
  const [a, b] = [inWorld([west, north]), inWorld([east, south])];
  const free = { x: width - PADDING.left - PADDING.right, y: height - PADDING.top - PADDING.bottom };
  const zoom = Math.max(FARTHEST, Math.log2(Math.min(free.x / (b.x - a.x), free.y / (b.y - a.y)) / TILE_PX));
  const world = TILE_PX * 2 ** zoom;
  return { x: (a.x + b.x) / 2 - (PADDING.left - PADDING.right) / 2 / world, y: (a.y + b.y) / 2 - (PADDING.top - PADDING.bottom) / 2 / world, zoom };
}

/** A point on the web's square map, whose side is 1. */
function inWorld([lon, lat]: [number, number]): { x: number; y: number } {
  return { x: lon / 360 + 0.5, y: 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI) };
}
