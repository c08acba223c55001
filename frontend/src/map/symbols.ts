import type { ExpressionSpecification, Map as MapLibreMap } from 'maplibre-gl';
import { fetched } from '../kit/ahead';
import type { Palette } from './style/palette';

/** The symbols of the sprite: id → its paths, on a square of 16. */
export type Sprite = Map<string, Stroke[]>;

interface Stroke {
  path: Path2D;
  /** Drawn as a line of so many parts; filled where it is 0. */
  width: number;
}

/** How strongly the work speaks: the tokens that its plates are of. */
export const TONES = ['accent', 'urgent', 'warn', 'good', 'ink-3'] as const;
export type Tone = (typeof TONES)[number];

const SIDE = 16;
const LANDMARK_PX = 18;
/** The side of a plate of the work, before the page's scale. */
export const WORK_PX = 30;
const FAR = { zoom: 10, scale: 0.7 };
const NEAR = { zoom: 16, scale: 1 };
/** Of the city seen from afar a plate on the map of a list is so much of its size. */
export const PLATE_SCALE: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], FAR.zoom, FAR.scale, NEAR.zoom, NEAR.scale];

/** The same at one zoom. */
export function plateScale(zoom: number): number {
  const share = Math.min(1, Math.max(0, (zoom - FAR.zoom) / (NEAR.zoom - FAR.zoom)));
  return FAR.scale + share * (NEAR.scale - FAR.scale);
}

/** How far the shadow of such a plate reaches. */
const SHADOW_PX = 3;
/** What a landmark is for → the token of its plate; `trade` for all others. */
const PLATE: Record<string, string> = {
  ...all('transit', 'station', 'subway', 'tram_stop', 'bus_stop', 'parking', 'fuel'),
  ...all('health', 'hospital', 'clinic', 'pharmacy', 'fire'),
  ...all('learning', 'university', 'school', 'kindergarten', 'library'),
  ...all('culture', 'museum', 'theatre', 'worship', 'hotel'),
  ...all('public', 'government', 'police', 'post', 'community', 'elderly', 'bank', 'toilet', 'other'),
  ...all('leisure', 'park', 'square', 'sports'),
};

function all(plate: string, ...kinds: string[]): Record<string, string> {
  return Object.fromEntries(kinds.map((kind) => [kind, plate]));
}

/** The sprite of the page, read once for all maps of it. Raises what the network raises. */
export function spriteOf(address: string): Promise<Sprite> {
  return (kept ??= read(address).catch((error: unknown) => {
    // The next map of the page may try again.
    kept = undefined;
    throw error;
  }));
}

let kept: Promise<Sprite> | undefined;

async function read(address: string): Promise<Sprite> {
  const answer = await fetched(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const sheet = new DOMParser().parseFromString(await answer.text(), 'image/svg+xml');
  return new Map([...sheet.querySelectorAll('symbol')].map((symbol) => [symbol.id, [...symbol.querySelectorAll('path')].map(strokeOf)]));
}

function strokeOf(path: SVGPathElement): Stroke {
  return { path: new Path2D(path.getAttribute('d') ?? ''), width: Number(path.getAttribute('stroke-width') ?? 0) };
}

/** Put the ground's symbols into a map, in its colours, as sharp as the screen is. */
export function addLandmarks(map: MapLibreMap, sprite: Sprite, { colour, scale }: Palette): void {
  for (const [id, strokes] of sprite) {
    if (!id.startsWith('landmark-')) continue;
    const plate = colour(PLATE[id.slice('landmark-'.length)] ?? 'trade');
    add(map, id, LANDMARK_PX * scale, { strokes, ink: colour('halo'), plate, round: true, rim: colour('halo'), share: 0.62 });
  }
}

/**
 * Put the symbols of the work into a map, `case-E01-urgent` and the like: of each class of cases, of workers and stations, in each
 * tone. What happens is round, what stands there (components, stations) is square.
 */
export function addWork(map: MapLibreMap, sprite: Sprite, { token, scale }: Palette): void {
  for (const [id, strokes] of sprite) {
    if (id.startsWith('landmark-')) continue;
    const round = !/^case-C|-station$/.test(id);
    for (const tone of TONES) {
      const image = { strokes, ink: token('surface'), plate: token(tone), round, rim: token('surface'), share: 0.56, raised: true };
      add(map, `${id}-${tone}`, WORK_PX * scale, image);
    }
  }
}

interface Look {
  strokes: Stroke[];
  ink: string;
  plate: string;
  round: boolean;
  rim: string;
  /** How much of the plate the symbol takes. */
  share: number;
  /** It lies above all else: it has a wide rim and a shadow. */
  raised?: boolean;
}

function add(map: MapLibreMap, id: string, px: number, look: Look): void {
  const ratio = Math.max(2, Math.ceil(devicePixelRatio));
  const margin = look.raised ? SHADOW_PX * ratio : 0;
  const side = Math.round(px * ratio);
  const whole = side + 2 * margin;
  const canvas = new OffscreenCanvas(whole, whole);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  context.translate(margin, margin);
  const rim = Math.max(1.2, px / (look.raised ? 12 : 16)) * ratio;
  const plate = (inset: number): void => {
    context.beginPath();
    context.roundRect(inset, inset, side - 2 * inset, side - 2 * inset, look.round ? side / 2 : side / 4.5);
  };
  if (look.raised) {
    plate(0);
    context.shadowColor = 'rgb(0 0 0 / 45%)';
    context.shadowBlur = margin;
    context.shadowOffsetY = ratio / 2;
    context.fillStyle = look.rim;
    context.fill();
    context.shadowColor = 'transparent';
  }
  plate(rim / 2);
  context.fillStyle = look.plate;
  context.fill();
  context.lineWidth = rim;
  context.strokeStyle = look.rim;
  context.stroke();
  const grow = (side * look.share) / SIDE;
  context.translate((side - SIDE * grow) / 2, (side - SIDE * grow) / 2);
  context.scale(grow, grow);
  context.fillStyle = context.strokeStyle = look.ink;
  context.lineCap = context.lineJoin = 'round';
  for (const { path, width } of look.strokes) {
    context.lineWidth = width;
    if (width) context.stroke(path);
    else context.fill(path, 'evenodd');
  }
  if (map.hasImage(id)) map.removeImage(id);
  map.addImage(id, context.getImageData(0, 0, whole, whole), { pixelRatio: ratio });
}
