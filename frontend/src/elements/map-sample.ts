import type { WorkPoint } from '../map/work';
import type { AreaMap } from './area-map';

/** Degrees between two of the samples, at the map's middle. */
const APART = 0.0011;
const ACROSS = 4;

/** A map of the designs' own page: on it stands one of each symbol of the work, in all tones. */
class MapSample extends HTMLElement {
  connectedCallback(): void {
    const map = this.querySelector<AreaMap>('area-map');
    if (!map) return;
    if (map.map) void this.fill(map);
    else map.addEventListener('drawn', () => void this.fill(map), { once: true });
  }

  private async fill({ map, lon = 0, lat = 0 }: AreaMap): Promise<void> {
    if (!map) return;
    const { samples, workOn } = await import('../map/work');
    const at = (place: number): Pick<WorkPoint, 'lon' | 'lat'> => ({
      lon: lon + ((place % ACROSS) - (ACROSS - 1) / 2) * APART,
      lat: lat + (1.5 - Math.floor(place / ACROSS)) * APART * 0.8,
    });
    const [show, symbols] = await Promise.all([workOn(map), samples()]);
    show(symbols.map((symbol, place) => ({ ...symbol, ...at(place) })));
  }
}

customElements.define('map-sample', MapSample);
