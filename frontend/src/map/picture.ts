import type { Map as MapLibreMap } from 'maplibre-gl';

/** What stands below a map that leaves the page. */
export interface Caption {
  title: string;
  lines: string[];
  /** A colour, the ring round it and how much of that is drawn, and what they stand for; colours are names of tokens. */
  key: { colour: string; ring?: string; part?: number; words: string }[];
}

const TEXT_PX = 13;
const TITLE_PX = 17;
const MARGIN_PX = 14;

/** Copy a map as it was drawn just now onto a canvas, with what the page writes over it: whose ground it is, and the scale. */
export function copyOnto(canvas: HTMLCanvasElement, map: MapLibreMap, licence: string): void {
  const drawn = map.getCanvas();
  const context = canvas.getContext('2d');
  if (!context) return;
  [canvas.width, canvas.height] = [drawn.width, drawn.height];
  context.drawImage(drawn, 0, 0);
  const ratio = drawn.width / (drawn.clientWidth || drawn.width);
  const css = getComputedStyle(map.getContainer());
  const size = 11 * ratio;
  context.font = `${size}px ${css.fontFamily}`;
  context.textBaseline = 'alphabetic';
  if (licence) {
    const width = Math.min(canvas.width, context.measureText(licence).width + size);
    context.fillStyle = css.getPropertyValue('--map-land');
    context.fillRect(canvas.width - width, canvas.height - 1.6 * size, width, 1.6 * size);
    context.fillStyle = css.getPropertyValue('--map-name');
    context.fillText(licence, canvas.width - width + size / 2, canvas.height - size / 2, width - size);
  }
  drawScale(context, map, ratio, css);
}

/** At the left, above the line of the licence, which may be as wide as the map. */
function drawScale(context: CanvasRenderingContext2D, map: MapLibreMap, ratio: number, css: CSSStyleDeclaration): void {
  const bar = map.getContainer().querySelector<HTMLElement>('.maplibregl-ctrl-scale');
  if (!bar?.offsetWidth) return;
  const [left, bottom] = [10 * ratio, context.canvas.height - 28 * ratio];
  const [width, height] = [bar.offsetWidth * ratio, 16 * ratio];
  context.fillStyle = css.getPropertyValue('--map-halo');
  context.globalAlpha = 0.75;
  context.fillRect(left, bottom - height, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = context.fillStyle = css.getPropertyValue('--map-name-strong');
  context.lineWidth = 2 * ratio;
  context.beginPath();
  context.moveTo(left, bottom - height);
  context.lineTo(left, bottom);
  context.lineTo(left + width, bottom);
  context.lineTo(left + width, bottom - height);
  context.stroke();
  context.fillText(bar.textContent ?? '', left + 5 * ratio, bottom - 5 * ratio);
}

/** A picture of a map with its caption in a strip below it, in the page's type, as sharp as the map. `ratio`: device pixels per pixel. */
export function captioned(map: HTMLCanvasElement, { title, lines, key }: Caption, ratio: number): HTMLCanvasElement {
  const sheet = document.createElement('canvas');
  const context = sheet.getContext('2d');
  if (!context) return map;
  const css = getComputedStyle(document.body);
  const margin = MARGIN_PX * ratio;
  const width = map.width - 2 * margin;
  const steps: ((top: number) => void)[] = [];
  let height = margin / 2;
  const write = (text: string, px: number, weight: string, colour: string): void => {
    const font = `${weight} ${px * ratio}px ${css.fontFamily}`;
    context.font = font;
    for (const line of wrapped(context, text, width)) {
      const at = (height += px * ratio * 1.5);
      steps.push((top) => {
        context.font = font;
        context.fillStyle = css.getPropertyValue(colour);
        context.fillText(line, margin, top + at);
      });
    }
  };
  write(title, TITLE_PX, '600', '--ink');
  for (const line of lines) if (line) write(line, TEXT_PX, '400', '--ink-2');
  const size = TEXT_PX * ratio;
  const font = `400 ${size}px ${css.fontFamily}`;
  context.font = font;
  let left = margin;
  height += size * 1.7;
  for (const { colour, ring, part = 1, words } of key) {
    const needed = context.measureText(words).width + size * 2.4;
    if (left > margin && left + needed > map.width - margin) [left, height] = [margin, height + size * 1.6];
    const [x, at] = [left, height];
    steps.push((top) => {
      context.beginPath();
      context.arc(x + size * 0.5, top + at - size * 0.35, size * 0.38, 0, 2 * Math.PI);
      context.fillStyle = css.getPropertyValue(colour);
      context.fill();
      if (ring) {
        context.beginPath();
        context.arc(x + size * 0.5, top + at - size * 0.35, size * 0.42, -Math.PI / 2, (part * 2 - 0.5) * Math.PI);
        context.lineWidth = size * 0.2;
        context.strokeStyle = css.getPropertyValue(ring);
        context.stroke();
      }
      context.font = font;
      context.fillStyle = css.getPropertyValue('--ink');
      context.fillText(words, x + size * 1.25, top + at);
    });
    left += needed;
  }
  height += margin;
  [sheet.width, sheet.height] = [map.width, Math.ceil(map.height + height)];
  context.fillStyle = css.getPropertyValue('--surface');
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.drawImage(map, 0, 0);
  for (const step of steps) step(map.height);
  return sheet;
}

/** The lines of a text that is no wider than the strip: Chinese breaks anywhere, words of letters hold together. */
function wrapped(context: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [part] of text.matchAll(/[\x21-\x7e]+\s*|[^\x21-\x7e]/gu)) {
    if (line && context.measureText(line + part.trimEnd()).width > width) {
      lines.push(line);
      line = '';
    }
    line += part;
  }
  return [...lines, line];
}
