/** Colours, as whoever shows the output gives them; a printer itself knows none. */

export type Colour = (text: string) => string;

export interface Paint {
  readonly bold: Colour;
  readonly dim: Colour;
  readonly red: Colour;
  readonly green: Colour;
  readonly yellow: Colour;
  readonly blue: Colour;
  readonly cyan: Colour;
}

const plain: Colour = (text) => text;

export const NO_COLOURS: Paint = {
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  blue: plain,
  cyan: plain,
};
