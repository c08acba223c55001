import type { ExpressionSpecification, LineLayerSpecification } from 'maplibre-gl';
import { CITY, grows } from './expressions';
import type { Palette } from './palette';

/** From near, where a path is a dashed line too, the borders within a quarter step back. */
const FADING: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 15, 1, 17, 0.45];

/** The borders of areas, the finest first: the higher the level, the stronger and the less broken its line. */
export function borders({ colour }: Palette): LineLayerSpecification[] {
  const border = (
    level: string,
    minzoom: number,
    widths: [number, number][],
    paint: NonNullable<LineLayerSpecification['paint']>,
  ): LineLayerSpecification => ({
    id: `${level}-edge`,
    type: 'line',
    source: CITY,
    'source-layer': level,
    minzoom,
    layout: { 'line-join': 'round' },
    paint: { 'line-color': colour('edge'), 'line-width': grows(widths), ...paint },
  });
  return [
    border('grid', 13, [[13, 0.5], [16, 1], [19, 1.6]], { 'line-dasharray': [2, 2.5], 'line-opacity': FADING }),
    border('community', 11.5, [[11, 0.5], [14, 1.1], [19, 2.2]], { 'line-dasharray': [5, 2], 'line-opacity': FADING }),
    border('street', 9, [[9, 0.5], [13, 1.3], [19, 3]], { 'line-dasharray': [7, 2, 1.5, 2] }),
    border('district', 0, [[6, 0.8], [12, 2], [19, 4]], { 'line-color': colour('edge-strong'), 'line-dasharray': [8, 2, 1.5, 2] }),
  ];
}
