import { Map as MapLibreMap, type MapOptions, ScaleControl, setWorkerUrl, type StyleSpecification } from 'maplibre-gl';
import './engine.css';
import './buttons.css';
import { LOOK_CHANGED } from '../kit/look';
import { t } from '../kit/strings';
import { controls } from './controls';
import { licenceLine } from './licence';
import { showMe } from './me';
import { styleOf } from './style/index';
import { type Palette, paletteOf } from './style/palette';
import { addLandmarks, type Sprite, spriteOf } from './symbols';
import { FARTHEST, type TileSet } from './tile-set';
import { sayOnce } from './twins';
import { typeOf } from './type';

setWorkerUrl(new URL(document.documentElement.dataset['mapWorker'] ?? '', location.href).href);

/** What a map of the city is made of, whatever is drawn on it. */
export interface Ground {
  set: TileSet;
  sprite: Sprite;
  type: Awaited<ReturnType<typeof typeOf>>;
}

/** Fetch it: what is told of the tiles, the symbols, the type where this machine has none. Raises what the network raises. */
export async function groundOf(tiles: Promise<TileSet>): Promise<Ground> {
  const [set, sprite, type] = await Promise.all([tiles, spriteOf(document.documentElement.dataset['symbols'] ?? ''), typeOf()]);
  return { set, sprite, type };
}

interface Wishes {
  container: HTMLElement;
  /** What a screen reader says of the map. */
  label: string;
  /** Where it starts. */
  view: Pick<MapOptions, 'center' | 'zoom' | 'bounds' | 'fitBoundsOptions'>;
  /** What lies on the ground: changes its style, each time that it is made. */
  with?: (style: StyleSpecification, palette: Palette) => StyleSpecification;
  /** The reader asks for the whole city, where there is one. */
  home: (map: MapLibreMap, bounds: NonNullable<TileSet['bounds']>) => void;
  /** The reader asks where they are; where it is not said, they are shown. */
  locate?: (() => void) | undefined;
}

export interface Opened {
  map: MapLibreMap;
  remove(): void;
}

/** The map of the city's ground, in the page's colours and with its buttons, as all that is drawn on it begins. */
export function openMap({ set, sprite, type }: Ground, wishes: Wishes): Opened {
  const { container } = wishes;
  const reader = { english: document.documentElement.lang.startsWith('en'), type: type.families };
  const style = (): StyleSpecification => {
    const palette = paletteOf(container);
    const ground = styleOf(set, palette, reader, type.faces);
    return wishes.with?.(ground, palette) ?? ground;
  };
  const map = new MapLibreMap({
    container,
    style: style(),
    ...wishes.view,
    minZoom: FARTHEST,
    maxZoom: 19,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    cooperativeGestures: false,
    fadeDuration: 0,
    locale: {
      'Map.Title': wishes.label,
      'Marker.Title': wishes.label,
      'ScaleControl.Meters': t('map_scale_metres'),
      'ScaleControl.Kilometers': t('map_scale_kilometres'),
    },
  });
  map.touchZoomRotate.disableRotation();
  map.getCanvas().setAttribute('aria-label', wishes.label);
  map.on('style.load', () => addLandmarks(map, sprite, paletteOf(container)));
  sayOnce(map);
  const { bounds } = set;
  const home = bounds && (() => wishes.home(map, bounds));
  map.addControl(controls(home, wishes.locate ?? (() => void showMe(map))), 'top-right');
  if (set.attribution) map.addControl(licenceLine(set.attribution), 'bottom-right');
  map.addControl(new ScaleControl({ maxWidth: 80 }), 'bottom-right');
  const night = matchMedia('(prefers-color-scheme: dark)');
  const repaint = (): void => void map.setStyle(style(), { diff: false });
  night.addEventListener('change', repaint);
  document.addEventListener(LOOK_CHANGED, repaint);
  return {
    map,
    remove: () => {
      night.removeEventListener('change', repaint);
      document.removeEventListener(LOOK_CHANGED, repaint);
      map.remove();
    },
  };
}
