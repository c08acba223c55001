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
