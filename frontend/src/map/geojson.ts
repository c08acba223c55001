/* Whoever draws GeoJSON on a map imports this. */

import { GeoJSONSource } from 'maplibre-gl/src/source/geojson_source.ts';
import { bringSource } from './engine/geojson_source';

bringSource(GeoJSONSource);
