/* Stands, in the engine's worker, for what cuts GeoJSON into tiles: it is fetched when a map has some. */

import address from 'address:map_geojson';

type Asked = 'abortTile' | 'getClusterChildren' | 'getClusterExpansionZoom' | 'getClusterLeaves' | 'loadData' | 'loadTile' | 'reloadTile' | 'removeSource' | 'removeTile';
type Source = { availableImages: string[] } & Record<Asked, (asked: unknown) => unknown>;

async function own(): Promise<new (...given: unknown[]) => Source> {
  return (await import(/* @vite-ignore */ address)).GeoJSONWorkerSource;
}

/** The engine's own, as far as its worker asks anything of it: each answer waits for it, and they come in their order. */
export class GeoJSONWorkerSource {
  private readonly source: Promise<Source>;

  constructor(...given: unknown[]) {
    this.source = own().then((Own) => new Own(...given));
  }

  set availableImages(images: string[]) {
    void this.source.then((source) => (source.availableImages = images));
  }

  abortTile = this.asking('abortTile');
  getClusterChildren = this.asking('getClusterChildren');
  getClusterExpansionZoom = this.asking('getClusterExpansionZoom');
  getClusterLeaves = this.asking('getClusterLeaves');
  loadData = this.asking('loadData');
  loadTile = this.asking('loadTile');
  reloadTile = this.asking('reloadTile');
  removeSource = this.asking('removeSource');
  removeTile = this.asking('removeTile');

  private asking(what: Asked): (asked: unknown) => Promise<unknown> {
    return async (asked) => (await this.source)[what](asked);
  }
}
