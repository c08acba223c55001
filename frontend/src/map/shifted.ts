import { shiftedCorner } from './gcj02';

/* Pictures of a service in GCJ-02 are cut anew here, each from up to four, so that they lie right under what is in WGS84. */
const KEPT = 64;
const pictures = new Map<string, Promise<ImageBitmap>>();

/** The picture at `gcj02://zoom/x/y/addresses`: of a WGS84 tile, cut from those of the addresses (JSON, as part of an address). */
export function pictureAt(url: string, signal: AbortSignal): Promise<ImageBitmap> {
  const [zoom = '', x = '', y = '', addresses = ''] = url.slice('gcj02://'.length).split('/');
  return cut(JSON.parse(decodeURIComponent(addresses)) as string[], Number(zoom), Number(x), Number(y), signal);
}

async function cut(addresses: string[], zoom: number, x: number, y: number, signal: AbortSignal): Promise<ImageBitmap> {
  const [left, top] = shiftedCorner(zoom, x, y);
  const side = 2 ** zoom;
  const wanted: [number, number][] = [];
  for (const column of [Math.floor(left), Math.floor(left) + 1]) {
    for (const row of [Math.floor(top), Math.floor(top) + 1]) {
      if (column - left < 1 && row - top < 1 && row >= 0 && row < side) wanted.push([column, row]);
    }
  }
  const come = await Promise.allSettled(wanted.map(([column, row]) => picture(addresses, zoom, (column + side) % side, row)));
  signal.throwIfAborted();
  const first = come.find((one) => one.status === 'fulfilled');
  if (!first) throw new Error(`no picture of ${zoom}/${x}/${y}`);
  const size = first.value.width;
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  come.forEach((one, index) => {
    const [column, row] = wanted[index]!;
    // Whole pixels: names stay sharp.
    if (one.status === 'fulfilled') context.drawImage(one.value, Math.round((column - left) * size), Math.round((row - top) * size), size, size);
  });
  return canvas.transferToImageBitmap();
}

/** Each picture is part of four tiles: it is asked for once. */
function picture(addresses: string[], zoom: number, x: number, y: number): Promise<ImageBitmap> {
  const address = (addresses[(x + y) % addresses.length] ?? '').replace('{z}', `${zoom}`).replace('{x}', `${x}`).replace('{y}', `${y}`);
  const known = pictures.get(address);
  if (known) return known;
  const coming = fetch(address).then(async (answer) => {
    if (!answer.ok) throw new Error(`${answer.status}`);
    return createImageBitmap(await answer.blob());
  });
  pictures.set(address, coming);
  coming.catch(() => pictures.delete(address));
  const [oldest] = pictures.keys();
  if (pictures.size > KEPT && oldest !== undefined) pictures.delete(oldest);
  return coming;
}
