/** What a camera wrote into a JPEG about where it stood (EXIF 2.3, GPS directory; WGS84, degrees). */
export interface Taken {
  lon: number;
  lat: number;
  /** The same picture without it. */
  bare: File;
}

/** What a picture says of itself stands in its first segments, of 64 kB each. */
const HEAD_BYTES = 256 * 1024;
const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
const GPS_DIRECTORY = 0x8825;
const RATIONAL = 5;
/** Bytes of a value of each type, by its number. */
const BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

/** A directory of TIFF: tag → where its entry stands. */
type Directory = Map<number, number>;

/** Where a picture was taken; nothing where it does not say so, or says what cannot be. Nothing is sent anywhere. */
export async function takenAt(file: File): Promise<Taken | undefined> {
  const head = await file.slice(0, HEAD_BYTES).arrayBuffer();
  try {
    const tiff = tiffOf(new DataView(head));
    if (!tiff) return undefined;
    const little = tiff.getUint16(0) === 0x4949;
    const pointer = directory(tiff, tiff.getUint32(4, little), little).get(GPS_DIRECTORY);
    if (pointer === undefined) return undefined;
    const at = tiff.getUint32(pointer + 8, little);
    const gps = directory(tiff, at, little);
    const [lat, lon] = [degrees(tiff, gps, 1, little), degrees(tiff, gps, 3, little)];
    if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180) || (lon === 0 && lat === 0)) return undefined;
    blank(tiff, at, gps, little);
    const bare = new File([head, file.slice(HEAD_BYTES)], file.name, { type: file.type, lastModified: file.lastModified });
    return { lon, lat, bare };
  } catch (error) {
    // It points to what is not there.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function tiffOf(view: DataView): DataView | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    if (marker === START_OF_SCAN) return undefined;
    const isExif = marker === APP1 && view.getUint32(at + 4) === 0x45786966 && view.getUint16(at + 8) === 0;
    if (isExif) return new DataView(view.buffer, at + 10, view.getUint16(at + 2) - 8);
  }
  return undefined;
}

function directory(tiff: DataView, at: number, little: boolean): Directory {
  const found: Directory = new Map();
  for (let left = tiff.getUint16(at, little), entry = at + 2; left > 0; left--, entry += 12) {
    found.set(tiff.getUint16(entry, little), entry);
  }
  return found;
}

/** The degrees whose side (N, S, E, W) is the tag before them; not a number where they are not said. */
function degrees(tiff: DataView, gps: Directory, side: number, little: boolean): number {
  const [reference, entry] = [gps.get(side), gps.get(side + 1)];
  if (reference === undefined || entry === undefined || tiff.getUint16(entry + 2, little) !== RATIONAL) return NaN;
  const at = tiff.getUint32(entry + 8, little);
  const [whole, minutes, seconds] = [0, 8, 16].map((on) => tiff.getUint32(at + on, little) / tiff.getUint32(at + on + 4, little));
  const value = (whole ?? NaN) + (minutes ?? NaN) / 60 + (seconds ?? NaN) / 3600;
  return 'SW'.includes(String.fromCharCode(tiff.getUint8(reference + 8))) ? -value : value;
}

/** Leave an empty directory, and nothing of what its entries pointed to. */
function blank(tiff: DataView, at: number, gps: Directory, little: boolean): void {
  const bytes = new Uint8Array(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  for (const entry of gps.values()) {
    const size = (BYTES[tiff.getUint16(entry + 2, little)] ?? 0) * tiff.getUint32(entry + 4, little);
    const value = tiff.getUint32(entry + 8, little);
    if (size > 4) bytes.fill(0, value, value + size);
    bytes.fill(0, entry, entry + 12);
  }
  tiff.setUint16(at, 0);
}
