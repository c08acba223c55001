/* Stands for the engine's check of styles: ours are made by our own code, and a test checks them (`tests/contract/test_map_style.py`). */

const fits = (): never[] => [];
const KINDS = ['source', 'sprite', 'glyphs', 'fontFaces', 'light', 'sky', 'terrain', 'state', 'layer', 'filter', 'paintProperty', 'layoutProperty'];

/** No style has faults. */
export const validateStyleMin = Object.assign(() => fits(), Object.fromEntries(KINDS.map((kind) => [kind, fits])));
