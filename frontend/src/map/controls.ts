import type { IControl, Map as MapLibreMap } from 'maplibre-gl';
import { t } from '../kit/strings';

/** Show a map's reader where they are. */
export type Locate = () => void;

/** The column of buttons: closer, farther, the whole city, my position. Each is as large as a thumb, and in the page's colours. */
export function controls(home: (() => void) | undefined, locate: Locate): IControl {
  const column = document.createElement('div');
  column.className = 'maplibregl-ctrl map-controls';
  return {
    onAdd(map: MapLibreMap): HTMLElement {
      const [closer, farther] = [
        button('plus', t('map_zoom_in'), () => map.zoomIn()),
        button('minus', t('map_zoom_out'), () => map.zoomOut()),
      ];
      const bound = (): void => {
        // Not `disabled`: a button that is, loses the focus of whoever pressed it.
        closer.setAttribute('aria-disabled', String(map.getZoom() >= map.getMaxZoom()));
        farther.setAttribute('aria-disabled', String(map.getZoom() <= map.getMinZoom()));
      };
      map.on('zoom', bound);
      bound();
      column.append(closer, farther);
      if (home) column.append(button('whole', t('map_home'), home));
      column.append(button('locate', t('map_locate'), locate));
      return column;
    },
    onRemove: () => column.remove(),
  };
}

function button(symbol: string, label: string, press: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.title = label;
  made.setAttribute('aria-label', label);
  made.innerHTML = `<svg class="icon" aria-hidden="true" focusable="false"><use href="${document.documentElement.dataset['icons']}#${symbol}"></use></svg>`;
  made.addEventListener('click', press);
  return made;
}
