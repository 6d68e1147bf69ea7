// Places on the earth as points of a small picture, without a map under them.

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** Metres of a degree of latitude, nearly. */
const DEGREE = 111_195;
const EARTH = 6_371_000;
const radians = (degrees: number) => (degrees * Math.PI) / 180;
/** Degrees to the east, the shorter way round. */
const eastward = (from: number, to: number) => ((((to - from + 180) % 360) + 360) % 360) - 180;

/** Metres between two places. */
export function distance(one: Place, other: Place): number {
  const [a, b] = [radians(one.latitude), radians(other.latitude)];
  const half = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(radians(eastward(one.longitude, other.longitude)) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.sqrt(Math.min(1, half)));
}

/** The largest of 1, 2, 5, 10, 20 … that is not above `length`. */
export function roundLength(length: number): number {
  const unit = 10 ** Math.floor(Math.log10(length));
  return unit * ([5, 2].find((step) => step * unit <= length) ?? 1);
}

export interface Drawing {
  /** In the order of the places; north is up. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Metres to a unit of the picture. */
  readonly scale: number;
}

/** Puts places into a picture of this size, with so much around them; no closer than `least` metres across. */
export function draw(places: readonly Place[], { width, height, margin, least }: { width: number; height: number; margin: number; least: number }): Drawing {
  const [first = { latitude: 0, longitude: 0 }] = places;
  const flat = places.map(({ latitude, longitude }) => ({
    x: eastward(first.longitude, longitude) * DEGREE * Math.cos(radians(first.latitude)), y: (first.latitude - latitude) * DEGREE,
  }));
  const span = (values: number[]) => [Math.min(0, ...values), Math.max(0, ...values)] as const;
  const [[left, right], [top, bottom]] = [span(flat.map(({ x }) => x)), span(flat.map(({ y }) => y))];
  const scale = Math.max((right - left) / (width - 2 * margin), (bottom - top) / (height - 2 * margin), least / width);
  const points = flat.map(({ x, y }) => ({ x: width / 2 + (x - (left + right) / 2) / scale, y: height / 2 + (y - (top + bottom) / 2) / scale }));
  return { points, scale };
}
