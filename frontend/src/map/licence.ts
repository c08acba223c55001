import type { IControl } from 'maplibre-gl';

/** Whose ground it is, in the corner of the map: as text, whatever it says. */
export function licenceLine(text: string): IControl {
  const line = document.createElement('p');
  line.className = 'maplibregl-ctrl map-licence';
  line.textContent = text;
  // What else lies at the bottom of the map makes room for it.
  const sizes = new ResizeObserver(() => {
    line.closest<HTMLElement>('.map-frame')?.style.setProperty('--map-licence', `${line.offsetHeight}px`);
  });
  return {
    onAdd: () => {
      sizes.observe(line);
      return line;
    },
    onRemove: () => {
      sizes.disconnect();
      line.remove();
    },
  };
}

/** A copy of a drawn map that says whose it is, too. */
export function withLicence(map: HTMLCanvasElement, text: string): HTMLCanvasElement {
  const copy = document.createElement('canvas');
  const context = copy.getContext('2d');
  if (!text || !context) return map;
  [copy.width, copy.height] = [map.width, map.height];
  context.drawImage(map, 0, 0);
  const css = getComputedStyle(document.documentElement);
  const size = 11 * devicePixelRatio;
  context.font = `${size}px ${css.fontFamily}`;
  const width = Math.min(copy.width, context.measureText(text).width + size);
  context.fillStyle = css.getPropertyValue('--map-land');
  context.fillRect(copy.width - width, copy.height - 1.6 * size, width, 1.6 * size);
  context.fillStyle = css.getPropertyValue('--map-name');
  context.fillText(text, copy.width - width + size / 2, copy.height - size / 2, width - size);
  return copy;
}
