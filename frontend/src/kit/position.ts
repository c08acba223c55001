/** A place that is chosen on a map farther than this is asked again: a thumb there covers a quarter. */
export const CLOSE_ENOUGH = 14;

/** Where this device is, as exactly as it can say within ten seconds. Rejects where it does not say. */
export function myPosition(): Promise<GeolocationCoordinates> {
  return new Promise((found, failed) => {
    if (!navigator.geolocation) failed(new Error('no geolocation'));
    else {
      const options = { enableHighAccuracy: true, timeout: 10_000 };
      navigator.geolocation.getCurrentPosition(({ coords }) => found(coords), failed, options);
    }
  });
}
