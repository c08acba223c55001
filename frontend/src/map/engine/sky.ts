/* Stands for what the engine draws of the sky in each frame: a map seen from straight above has none. */

export function drawSky(): void {}

export function drawAtmosphere(): void {}
