/* By these names the engine's reader of GeoJSON tells a line's drawer from where to where of the whole line a piece goes. */

export const GEOJSONVT_CLIP_START = 'geojsonvt_clip_start';
export const GEOJSONVT_CLIP_END = 'geojsonvt_clip_end';
