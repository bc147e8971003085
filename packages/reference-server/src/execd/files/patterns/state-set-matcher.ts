/** Part of a pattern that names are matched with. */
export type Term =
  /** One character that the function accepts. */
  | { readonly kind: "one"; readonly accepts: (character: string) => boolean }
  /** Any characters, or none. */
  | { readonly kind: "any" }
  /** One of several sequences. */
  | { readonly kind: "either"; readonly sequences: readonly (readonly Term[])[] };

interface State {
  /** Leads to `next` with a character that it accepts. */
  readonly accepts?: (character: string) => boolean;
  /** Where it leads: several without a character, one with it. None: the end. */
  readonly next: State[];
  /** Number of the character at which it was entered last. */
  enteredAt: number;
}

/**
 * Returns what tells whether a whole name matches a sequence of terms.
 *
 * It keeps the set of all states that the characters so far can lead to, so its work is at most characters times terms,
 * whatever the pattern; a backtracking expression takes time that doubles with each star.
 */
export function matchBySets(terms: readonly Term[]): (name: string) => boolean {
  const end: State = { next: [], enteredAt: NEVER };
  const start = sequence(terms, end);
  let round = 0;
  return (name) => {
    let current: State[] = [];
    enter(start, (round += 1), current);
    for (const character of name) {
      round += 1;
      const following: State[] = [];
      for (const { accepts, next } of current) {
        if (accepts?.(character) === true) for (const state of next) enter(state, round, following);
      }
      current = following;
    }
    return end.enteredAt === round;
  };
}

const NEVER = 0;

/** Adds a state and all that it leads to without a character, each once a round. */
function enter(first: State, round: number, states: State[]): void {
  const waiting = [first];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    if (state.enteredAt === round) continue;
    state.enteredAt = round;
    if (state.accepts !== undefined) states.push(state);
    else waiting.push(...state.next);
  }
}

function sequence(terms: readonly Term[], end: State): State {
  return terms.reduceRight(before, end);
}

function before(next: State, term: Term): State {
  switch (term.kind) {
    case "one":
      return { accepts: term.accepts, next: [next], enteredAt: NEVER };
    case "either":
      return { next: term.sequences.map((terms) => sequence(terms, next)), enteredAt: NEVER };
    case "any": {
      const again: State = { next: [next], enteredAt: NEVER };
      again.next.push({ accepts: () => true, next: [again], enteredAt: NEVER });
      return again;
    }
  }
}
