import type { Faces } from './style/index';

/** The machine's own type, the best first; letters and figures are the page's. No name of a family is a wish for a weight. */
const OWN = [
  'Gezhi Latin',
  'Noto Sans SC',
  'Noto Sans CJK SC',
  'Source Han Sans SC',
  'PingFang SC',
  'HarmonyOS Sans SC',
  'MiSans',
  'Microsoft YaHei',
  'sans-serif',
];
/** The name under which a style asks for the type that comes from the city's own server. */
const SENT = 'Gezhi Map';
const PROBE_PX = 40;
/** Common, and of the second level of GB 2312, which an incomplete font has not. */
const PROBES = ['永', '襄', '汉', '岘'];

/**
 * What a map writes with. Where the machine has Chinese type nothing is fetched. Where it has none, the map fetches the slices
 * of Noto Sans SC that hold what is to be written, and writes when they are there: never an empty box.
 */
export async function typeOf(): Promise<{ families: string[]; faces: Faces }> {
  if (writesChinese()) return { families: OWN, faces: undefined };
  const { slices } = await import('./slices');
  return { families: [SENT, ...OWN], faces: { [SENT]: slices() } };
}

/** Whether this machine draws Chinese, whatever its fonts are called: full-width, and each character another shape. */
function writesChinese(): boolean {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = PROBE_PX * 1.5;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return false;
  context.font = `${PROBE_PX}px ${OWN.map((family) => `"${family}"`).join(',').replace('"sans-serif"', 'sans-serif')}`;
  context.textBaseline = 'top';
  const seen = new Set<string>();
  for (const character of PROBES) {
    if (Math.abs(context.measureText(character).width - PROBE_PX) > 1) return false;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillText(character, 4, 4);
    seen.add(context.getImageData(0, 0, canvas.width, canvas.height).data.filter((_, place) => place % 4 === 3).join());
  }
  return seen.size === PROBES.length;
}
