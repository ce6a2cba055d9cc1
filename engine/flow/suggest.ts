// "Did you mean": the nearest of the names that would have been right.
import { distance } from "fastest-levenshtein";

/** Comparisons in one validation; what is beyond goes without suggestions, so that bad input stays cheap. */
const BUDGET = 200_000;
const LONGEST = 200;

export type Suggest = (word: string, names: Iterable<string>) => string | undefined;

/** Suggestions for one validation, with a bound on their cost. */
export function createSuggest(): Suggest {
  let left = BUDGET;
  return (word, names) => {
    let best: string | undefined;
    let least = Math.max(2, Math.floor(word.length / 3)) + 1;
    if (word.length > LONGEST) return undefined;
    for (const name of names) {
      if (left-- <= 0) return best;
      if (Math.abs(name.length - word.length) >= least || name.length > LONGEST) continue;
      const apart = name.toLowerCase() === word.toLowerCase() ? 0.5 : distance(word, name);
      // A suggestion that shares less than half of the word would only puzzle.
      if (apart < least && apart <= Math.max(name.length, word.length) / 2) {
        best = name;
        least = apart;
      }
    }
    return best;
  };
}
